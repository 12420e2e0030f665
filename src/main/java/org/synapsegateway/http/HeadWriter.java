// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes heads to their recipient: the bytes that came, without the lines that are not forwarded,
 * with the lines that the gateway adds.
 *
 * <p>The bytes between two lines that are dropped are copied in one piece, so names, values, order,
 * case and white space are those of the sender.
 */
public final class HeadWriter {
  private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
  private static final byte[] STATUS_VERSION = ascii("HTTP/1.1 ");
  private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] CLOSE = ascii("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");

  /** What becomes of the client's connection after a reply. */
  public enum Connection {
    /** It stays open, as HTTP/1.1 takes for granted. */
    PERSISTS,
    /** It stays open, and the reply must say so, to an HTTP/1.0 client. */
    KEEP_ALIVE,
    /** It closes. */
    CLOSE,
    /** Another protocol takes it over (RFC 9110 section 7.8). */
    SWITCHES
  }

  private HeadWriter() {}

  /** As the other one, without a protocol that may take over. */
  public static void request(
      ByteBuf out,
      RequestHead head,
      Client client,
      @Nullable Map<String, Object> fields,
      @Nullable RequestIdField idField,
      @Nullable String id) {
    request(out, head, client, fields, idField, id, null);
  }

  /**
   * Writes a request's head for a worker: origin form, HTTP/1.1, one Host, one X-Forwarded-For, one
   * X-Forwarded-Proto, no field of the client's connection.
   *
   * @param fields fields that the route set: each replaces the client's field of that name, or
   *     removes it where the value is null
   * @param idField the field that carries it, and that the client cannot set; null for none
   * @param upgrade the protocols that may take over the connection; null if none may
   */
  public static void request(
      ByteBuf out,
      RequestHead head,
      Client client,
      @Nullable Map<String, Object> fields,
      @Nullable RequestIdField idField,
      @Nullable String id,
      @Nullable String upgrade) {
    byte[] bytes = head.bytes();
    int from = 0;
    if (head.isAbsolute() || bytes[head.queryEnd() + VERSION.length - 3] != '1') {
      from = requestLine(out, head);
    }
    Set<String> nominations = HopByHop.nominations(head);
    String host = hostOf(fields);
    for (int line = 0; line < head.fieldCount(); line++) {
      if (staysBehind(head, line, nominations)
          || host != null && head.field(line) == Field.HOST
          || RouteFields.replaces(fields, head, line)
          || idField != null && idField.isAt(head, line)) {
        out.writeBytes(bytes, from, head.nameStart(line) - from);
        from = head.lineEnd(line);
      }
    }
    out.writeBytes(bytes, from, head.length() - 2 - from);
    if (host != null) {
      host(out, host);
    } else if (head.isAbsolute()) {
      int start = head.authorityStart();
      host(out, head.text(start, head.authorityEnd()));
    } else if (head.find(Field.HOST, 0) < 0) {
      // an HTTP/1.0 client may leave it out, the worker's HTTP/1.1 may not
      host(out, "localhost");
    }
    if (head.isChunked()) {
      out.writeBytes(CHUNKED);
    }
    forwarded(out, client, fields);
    if (idField != null && id != null) {
      idField.write(out, id);
    }
    RouteFields.write(out, fields);
    if (upgrade != null) {
      upgrade(out, upgrade);
    }
    crlf(out);
  }

  private static void upgrade(ByteBuf out, String protocols) {
    out.writeCharSequence(
        "Connection: Upgrade\r\nUpgrade: " + protocols + "\r\n", StandardCharsets.ISO_8859_1);
  }

  /** The client, as far as the gateway believes it, unless the route sets another one. */
  private static void forwarded(ByteBuf out, Client client, @Nullable Map<String, Object> fields) {
    boolean addressed = fields != null && fields.get("X-Forwarded-For") != null;
    boolean schemed = fields != null && fields.get("X-Forwarded-Proto") != null;
    if (!addressed && !schemed) {
      out.writeBytes(client.fieldLines());
    } else if (!addressed) {
      line(out, "X-Forwarded-For", client.address());
    } else if (!schemed) {
      line(out, "X-Forwarded-Proto", client.scheme());
    }
  }

  /**
   * The Host that a route has set. One that is no host and port, or several, count as none: a
   * request has exactly one (RFC 9112 section 3.2), so the one that came stays.
   */
  public static @Nullable String hostOf(@Nullable Map<String, Object> fields) {
    Object host = fields == null ? null : fields.get("Host");
    if (host == null) {
      return null;
    }
    String text = host.toString();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return bytes.length > 0 && FramingRules.isHost(bytes, 0, bytes.length) ? text : null;
  }

  /**
   * Writes a reply's head for a client.
   *
   * @param chunked whether the body is written in chunks
   * @param fields fields that the route set, as for a request
   * @param extra a line for a reply that says nothing of the kind itself; null for none
   */
  public static void reply(
      ByteBuf out,
      ReplyHead head,
      boolean chunked,
      Connection connection,
      @Nullable Map<String, Object> fields,
      @Nullable Line extra) {
    byte[] bytes = head.bytes();
    int from = 0;
    if (bytes[7] != '1') {
      out.writeBytes(STATUS_VERSION);
      from = head.statusStart();
    }
    Set<String> nominations = HopByHop.nominations(head);
    for (int line = 0; line < head.fieldCount(); line++) {
      if (staysBehind(head, line, nominations) || RouteFields.replaces(fields, head, line)) {
        out.writeBytes(bytes, from, head.nameStart(line) - from);
        from = head.lineEnd(line);
      }
    }
    out.writeBytes(bytes, from, head.length() - 2 - from);
    if (chunked) {
      out.writeBytes(CHUNKED);
    }
    if (connection == Connection.SWITCHES) {
      upgrade(out, Objects.requireNonNull(head.first("upgrade")));
    } else {
      connection(out, connection);
    }
    RouteFields.write(out, fields);
    if (extra != null && !extra.isSaid(head, fields)) {
      extra.write(out);
    }
    crlf(out);
  }

  private static boolean staysBehind(ReplyHead head, int line, Set<String> nominations) {
    // RFC 9110 section 8.6: neither an interim reply nor a 204 has a Content-Length
    return HopByHop.isHopByHop(head, line, nominations)
        || head.field(line) == Field.CONTENT_LENGTH && (head.isInterim() || head.status() == 204);
  }

  /** Takes the fields of a head that is not written as text: ranges of bytes. */
  public interface Fields {
    void field(byte[] bytes, int nameStart, int nameEnd, int valueStart, int valueEnd);
  }

  /** Hands over the fields of a reply's head for a client, none of which is a connection's. */
  public static void reply(
      Fields out, ReplyHead head, @Nullable Map<String, Object> fields, @Nullable Line extra) {
    Set<String> nominations = HopByHop.nominations(head);
    for (int line = 0; line < head.fieldCount(); line++) {
      if (!staysBehind(head, line, nominations) && !RouteFields.replaces(fields, head, line)) {
        out.field(
            head.bytes(),
            head.nameStart(line),
            head.nameEnd(line),
            head.valueStart(line),
            head.valueEnd(line));
      }
    }
    RouteFields.visit(fields, (name, value) -> new Line(name, value).handTo(out));
    if (extra != null && !extra.isSaid(head, fields)) {
      extra.handTo(out);
    }
  }

  /** Writes the line that says what becomes of the connection, if one is needed. */
  public static void connection(ByteBuf out, Connection connection) {
    if (connection == Connection.CLOSE) {
      out.writeBytes(CLOSE);
    } else if (connection == Connection.KEEP_ALIVE) {
      out.writeBytes(KEEP_ALIVE);
    }
  }

  /** Ends a head. */
  public static void crlf(ByteBuf out) {
    out.writeByte('\r').writeByte('\n');
  }

  private static int requestLine(ByteBuf out, RequestHead head) {
    byte[] bytes = head.bytes();
    ByteBufUtil.writeAscii(out, head.method());
    out.writeByte(' ');
    if (head.pathStart() == head.pathEnd()) {
      // RFC 9112 section 3.2.1: an empty path is sent as "/"; for OPTIONS as "*" (section 3.2.4)
      out.writeByte("OPTIONS".equals(head.method()) && head.queryStart() < 0 ? '*' : '/');
    }
    out.writeBytes(bytes, head.pathStart(), head.queryEnd() - head.pathStart());
    out.writeBytes(VERSION);
    return head.fieldCount() > 0 ? head.nameStart(0) : head.length() - 2;
  }

  private static boolean staysBehind(RequestHead head, int line, Set<String> nominations) {
    return switch (head.field(line)) {
      case OTHER -> !nominations.isEmpty() && HopByHop.isHopByHop(head, line, nominations);
      case X_FORWARDED_FOR, X_FORWARDED_PROTO -> true;
      case HOST -> head.isAbsolute();
      case EXPECT -> head.minorVersion() == 0;
      default -> HopByHop.isHopByHop(head, line, nominations);
    };
  }

  private static void line(ByteBuf out, String name, @Nullable Object value) {
    if (value != null) {
      out.writeCharSequence(
          name + ": " + RouteFields.clean(value) + "\r\n", StandardCharsets.UTF_8);
    }
  }

  private static void host(ByteBuf out, String host) {
    ByteBufUtil.writeAscii(out, "Host: ");
    out.writeCharSequence(host, StandardCharsets.ISO_8859_1);
    crlf(out);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
