// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.synapsegateway.config.StartupError;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;

/**
 * Explains requests by the files as they are at this moment.
 *
 * <p>To load them takes a part of a second and touches nothing that serves, so it is for people,
 * and one question at a time. Safe for any thread.
 */
public final class Explainer {
  private final Map<String, String> properties;

  /**
   * @param properties values of keys that count before all others
   */
  public Explainer(Map<String, String> properties) {
    this.properties = Map.copyOf(properties);
  }

  /**
   * Explains a request.
   *
   * @throws RuntimeException if settings or routes are not right; {@link StartupError} explains it
   */
  public synchronized Explanation explain(RequestHead head, InetAddress peer) {
    try (DryRun dryRun = DryRun.start(properties)) {
      return Explanation.of(dryRun.context(), dryRun.send(head, peer));
    }
  }

  /**
   * Explains a request of this machine that is written as text: the first line is {@code METHOD
   * TARGET}, with or without a version; the fields follow, one a line.
   *
   * @throws IllegalArgumentException if there is nothing to explain; says why
   */
  Explanation explain(String request) {
    try {
      return explain(head(request), InetAddress.getLoopbackAddress());
    } catch (HttpException e) {
      throw new IllegalArgumentException(refusal(e), e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(StartupError.describe(e), e);
    }
  }

  private static RequestHead head(String request) throws HttpException {
    List<String> lines = request.lines().takeWhile(line -> !line.isEmpty()).toList();
    String start = lines.isEmpty() ? "" : lines.get(0).replaceFirst(" HTTP/1\\.[01]$", "");
    int space = start.indexOf(' ');
    return head(
        start.substring(0, Math.max(space, 0)),
        start.substring(space + 1),
        lines.subList(Math.min(1, lines.size()), lines.size()));
  }

  /** A request's head, with a Host field, which no client leaves out. */
  public static RequestHead head(String method, String target, List<String> fields)
      throws HttpException {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    if (fields.stream().noneMatch(field -> field.regionMatches(true, 0, "Host:", 0, 5))) {
      head.append("Host: localhost\r\n");
    }
    fields.forEach(field -> head.append(field).append("\r\n"));
    // a head is bytes, and what people write is UTF-8
    byte[] bytes = head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    return RequestHead.of(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /** What is said of a request that the front door would not let in. */
  public static String refusal(HttpException e) {
    return "The gateway would refuse this with " + e.failure().status() + ": " + e.getMessage();
  }
}
