package org.synapsegateway.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which fields may follow a body: those that say nothing about how the message is to be framed,
 * routed, trusted, cached or read (RFC 9110 section 6.5.1). A recipient that merges trailers into
 * the head would take the others for what the gateway has checked.
 */
final class TrailerFields {
  private static final Set<String> NEVER =
      Set.of(
          "age",
          "cache-control",
          "cookie",
          "date",
          "expires",
          "forwarded",
          "location",
          "max-forwards",
          "origin",
          "pragma",
          "range",
          "referer",
          "retry-after",
          "server",
          "set-cookie",
          "strict-transport-security",
          "user-agent",
          "vary",
          "via",
          "warning",
          "www-authenticate",
          "x-real-ip",
          "x-request-id");

  private static final List<String> FAMILIES =
      List.of("accept", "access-control-", "content-", "if-", "proxy-", "sec-", "x-forwarded-");

  private TrailerFields() {}

  /** Whether the field whose name stands in {@code line[0, end)} may go on. */
  static boolean mayPass(byte[] line, int end) {
    if (Field.of(line, 0, end) != Field.OTHER) {
      return false;
    }
    String name = new String(line, 0, end, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
    return !NEVER.contains(name) && FAMILIES.stream().noneMatch(name::startsWith);
  }
}
