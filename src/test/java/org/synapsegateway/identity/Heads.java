// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import java.util.Random;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;

/** Makes request heads for tests. */
public final class Heads {
  private Heads() {}

  /** The head of a GET with these field lines. */
  public static RequestHead head(String target, String... fields) {
    StringBuilder text = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: example.org\r\n");
    for (String field : fields) {
      text.append(field).append("\r\n");
    }
    try {
      return RequestHead.of(text + "\r\n");
    } catch (HttpException e) {
      throw new AssertionError(e.getMessage() + ": " + text, e);
    }
  }

  /** A text of 0 to {@code longest} pieces, so that what matters to a parser comes up often. */
  public static String random(Random random, int longest, String... pieces) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(longest + 1); i > 0; i--) {
      text.append(pieces[random.nextInt(pieces.length)]);
    }
    return text.toString();
  }
}
