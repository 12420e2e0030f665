// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.LongFunction;

/** The status page at {@code /}, and {@code /observe/status}, which it reads and scripts may. */
final class StatusPages {
  private static final String HTML = "status.html";

  private final LongFunction<Status> status;

  StatusPages(LongFunction<Status> status) {
    this.status = status;
  }

  void putOn(Management port) {
    String page = page();
    port.get("/", question -> Answer.text("text/html; charset=utf-8", page));
    port.get("/observe/status", question -> Answer.json(200, status.apply(since(question))));
  }

  /** The number of the first sample to return: all if it is not given. */
  private static long since(Question question) {
    if (question.all("since").isEmpty()) {
      return 0;
    }
    String since = question.one("since");
    try {
      return Long.parseLong(since);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "since is the number of a sample, as past.next of the answer before; not " + since, e);
    }
  }

  private static String page() {
    try (InputStream in = StatusPages.class.getResourceAsStream(HTML)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
