// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Decides which trailer fields are forwarded, by RFC 9110 section 6.5.1: those whose definition
 * allows them in trailers, and those that nobody has defined, as long as no word of their name is
 * one by which fields in a head frame, route, authenticate, identify or describe a message.
 *
 * <p>A recipient may merge what it gets with the head's fields, which the gateway has checked; so a
 * name that means something there stays behind, in requests and in replies.
 */
final class TrailerField {
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[^a-z0-9]+");

  /** Sections 8.8.3, 11.6.3 and 14.3 of RFC 9110, RFC 9421, RFC 9530, W3C Server-Timing. */
  private static final Set<String> ALLOWED =
      Set.of(
          "accept-ranges",
          "authentication-info",
          "content-digest",
          "digest",
          "etag",
          "repr-digest",
          "server-timing",
          "signature",
          "signature-input");

  /** Words in names of fields of a head, in IANA's registry and beyond it. */
  private static final Set<String> OF_HEADS =
      words(
          // framing, routing and hops
          """
          alt close connection destination encoding expect forwarded forwards hop hops host keep length
          location origin original path port proto protocol protocols proxy remote rewrite route scheme
          server te trailer transfer upgrade uri url via
          """
              // what is asked for, and how
              + """
              accept action age allow allowed cache control date depth early expires if match method
              modified none options overwrite override pragma prefer preference priority query range
              request retry since sunset timeout vary warning
              """
              // who asks
              + """
              account addr address agent api apikey auth authenticate authorization cert certificate
              client cookie cookie2 credential credentials csrf device dpop from id ip key matrix nonce
              password real referer referrer role sec secret session sid ssl token user username xsrf
              """
              // what it is, and what a browser makes of it
              + """
              access content coop corp cors cross disposition dns frame hsts language link mime
              permissions policy powered refresh reporting robots security site sniff sourcemap surrogate
              transport type
              """
              // other people's proxies and traces
              + """
              accel akamai amz amzn b3 baggage breadcrumbid cdn cf cloudfront correlation envoy fastly fly
              goog sendfile span trace traceparent tracestate varnish
              """);

  private TrailerField() {}

  private static Set<String> words(String text) {
    return BETWEEN_WORDS.splitAsStream(text).collect(Collectors.toUnmodifiableSet());
  }

  /** Whether the field with the name {@code bytes[start, end)} is forwarded. */
  static boolean goesOn(byte[] bytes, int start, int end) {
    String name =
        new String(bytes, start, end - start, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    return ALLOWED.contains(name)
        || BETWEEN_WORDS.splitAsStream(name).noneMatch(OF_HEADS::contains);
  }
}
