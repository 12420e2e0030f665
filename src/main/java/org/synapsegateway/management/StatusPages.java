package org.synapsegateway.management;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** The status page at {@code /}, and {@code /observe/status}, which it reads and scripts may. */
final class StatusPages {
  private static final String HTML = "status.html";

  private final Supplier<Status> status;

  StatusPages(Supplier<Status> status) {
    this.status = status;
  }

  void putOn(Management port) {
    String page = page();
    port.get("/", question -> Answer.text("text/html; charset=utf-8", page));
    port.get("/observe/status", question -> Answer.json(200, status.get()));
  }

  private static String page() {
    try (InputStream in = StatusPages.class.getResourceAsStream(HTML)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
