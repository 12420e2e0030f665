// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.explain;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Hop;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.AddressSet;

/**
 * A line of an access log: of nginx and Apache (combined, vhost_combined and the like), HAProxy
 * (httplog), Traefik (common and JSON), Caddy, or the gateway's own, combined and JSON.
 *
 * <p>It is any line that has the request line in quotes, or the method and the target under one of
 * the names that JSON logs give them. Takes linear time. Safe for any thread.
 */
public final class LogLine {
  private static final Pattern REQUEST =
      Pattern.compile("\"([A-Z][A-Z-]*+) ([^ \"]++) HTTP/\\d(?:\\.\\d)?\"");

  private static final Pattern METHOD =
      Pattern.compile("\"(?:method|request_method|RequestMethod)\" ?: ?\"([A-Z][A-Z-]*+)\"");

  private static final Pattern TARGET =
      Pattern.compile("\"(?:target|uri|request_uri|RequestPath)\" ?: ?\"");

  /** The names of the client in JSON logs, the most reliable first. */
  private static final List<Pattern> CLIENTS =
      Stream.of("client", "client_ip", "remote_addr", "ClientHost", "remote_ip", "ClientAddr")
          .map(name -> Pattern.compile("\"" + name + "\" ?: ?\"([^\"]{2,64})\""))
          .toList();

  /** HAProxy writes an address and its port, without brackets, and then milliseconds. */
  private static final Pattern HAPROXY =
      Pattern.compile(
          "(?<![^ ])([\\da-fA-F.:]{3,45}):\\d{1,5} \\[\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d\\.");

  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?<![\\w.:/])(?:\\[[\\da-fA-F.:]{2,45}]:\\d{1,5}|[\\da-fA-F.:]{3,51})(?![\\w.:])");

  private static final Pattern TOKEN = Pattern.compile("Bearer ([^ \"]+)");
  private static final Pattern DEVICE = Pattern.compile("\\bdevice\"?[=:]\"?#([\\da-f]{8})\\b");
  private static final Pattern HASH = Pattern.compile("#(?=[\\da-f]{8}(?![\\da-f]))");
  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:x([\\dA-Fa-f]{2})|u([\\dA-Fa-f]{4})|([\"\\\\/]))");

  /** The client of a line that names none: a public address (RFC 5737). */
  private static final InetAddress SOMEBODY =
      Objects.requireNonNull(AddressSet.numeric("192.0.2.1"));

  /**
   * The content of a line.
   *
   * @param head with the fields that routes may look at
   * @param fields those fields
   * @param hasClient whether it names its client; if not, the client is a placeholder
   */
  public record Entry(
      RequestHead head, List<String> fields, InetAddress client, boolean hasClient) {}

  private LogLine() {}

  /**
   * The request of a line; null if there is none to be seen.
   *
   * @throws HttpException if the front door would not let it in
   */
  public static @Nullable Entry parse(String line) throws HttpException {
    Matcher request = REQUEST.matcher(line);
    if (request.find()) {
      return entry(line, request.start(), request.group(1), request.group(2));
    }
    Matcher method = METHOD.matcher(line);
    Matcher target = TARGET.matcher(line);
    if (!method.find() || !target.find()) {
      return null;
    }
    int end = endOfString(line, target.end());
    return end <= target.end()
        ? null
        : entry(line, 0, method.group(1), line.substring(target.end(), end));
  }

  private static int endOfString(String line, int from) {
    for (int i = from; i < line.length(); i++) {
      if (line.charAt(i) == '\\') {
        i++;
      } else if (line.charAt(i) == '"') {
        return i;
      }
    }
    return -1;
  }

  private static Entry entry(String line, int requestStart, String method, String written)
      throws HttpException {
    InetAddress named = client(line, requestStart);
    InetAddress client = named == null ? SOMEBODY : named;
    // the gateway's own log has hashes for what is secret
    String target = HASH.matcher(unescaped(written)).replaceAll("%23");
    List<String> fields = fields(line, target, client);
    return new Entry(Explainer.head(method, target, fields), fields, client, named != null);
  }

  // ---- the client

  private static @Nullable InetAddress client(String line, int requestStart) {
    InetAddress found = clientByName(line);
    if (found == null) {
      Matcher haproxy = HAPROXY.matcher(line);
      found = haproxy.find() ? AddressSet.numeric(haproxy.group(1)) : null;
    }
    if (found == null) {
      found = anyAddress(line.substring(0, requestStart));
    }
    return found == null ? anyAddress(line.substring(requestStart)) : found;
  }

  private static @Nullable InetAddress clientByName(String line) {
    for (Pattern name : CLIENTS) {
      Matcher client = name.matcher(line);
      InetAddress address = client.find() ? Hop.address(client.group(1)) : null;
      if (address != null) {
        return address;
      }
    }
    return null;
  }

  private static @Nullable InetAddress anyAddress(String text) {
    Matcher candidate = ADDRESS.matcher(text);
    while (candidate.find()) {
      InetAddress address = Hop.address(candidate.group());
      if (address != null) {
        return address;
      }
    }
    return null;
  }

  private static List<String> fields(String line, String target, InetAddress client) {
    if (target.contains("access_token=")) {
      return List.of();
    }
    Matcher token = TOKEN.matcher(line);
    return List.of(
        "Authorization: Bearer "
            + (token.find() ? token.group(1) : "syt_" + user(line, client) + "_log"));
  }

  private static String user(String line, InetAddress client) {
    Matcher device = DEVICE.matcher(line);
    return device.find() ? device.group(1) : HexFormat.of().formatHex(client.getAddress());
  }

  // ---- what is asked

  /** nginx writes bytes that are not plain as {@code \xHH}; JSON has escapes of its own. */
  private static String unescaped(String written) {
    return written.indexOf('\\') < 0
        ? written
        : ESCAPE.matcher(written).replaceAll(escape -> Matcher.quoteReplacement(character(escape)));
  }

  private static String character(MatchResult escape) {
    if (escape.group(3) != null) {
      return escape.group(3);
    }
    String hex = escape.group(1) == null ? escape.group(2) : escape.group(1);
    return Character.toString((char) Integer.parseInt(hex, 16));
  }
}
