// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.Turns;
import org.synapsegateway.request.Reply;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/**
 * Which replies are compressed, by {@code gateway.gzip}: JSON that is large enough, for clients
 * that take gzip (RFC 9110 section 12.5.3).
 *
 * <p>Not replies that are compressed already, that must not be changed ({@code no-transform}), that
 * have a strong ETag or a digest, or that are files of users. Immutable.
 */
final class Packing {
  private static final long MIN_AT_EDGE = 4 * 1024;

  /** What is said of the bytes that would be changed (RFC 9530, and those before it). */
  private static final List<String> DIGESTS =
      List.of("Content-Digest", "Repr-Digest", "Digest", "Content-MD5");

  private final boolean atEdgeOnly;

  /** The shortest body; none if it is the largest number. */
  private final long minBytes;

  private Packing(boolean atEdgeOnly, long minBytes) {
    this.atEdgeOnly = atEdgeOnly;
    this.minBytes = minBytes;
  }

  static Packing of(Settings settings) {
    String text = settings.text(Setting.GZIP);
    return switch (text) {
      case "auto" -> new Packing(true, MIN_AT_EDGE);
      case "off" -> new Packing(false, Long.MAX_VALUE);
      default -> new Packing(false, Settings.size(Setting.GZIP.key(), text));
    };
  }

  /**
   * What is written instead of a reply.
   *
   * @param fields fields that are set or removed; null for none
   */
  record Packed(Reply reply, @Nullable Map<String, Object> fields) {}

  /**
   * Whether a reply may be compressed, for this client or for others.
   *
   * @param fields fields that the route has set or removed; null for none
   * @param atEdge whether the client has come by https
   */
  boolean concerns(
      Reply reply, @Nullable Map<String, Object> fields, RequestHead asked, boolean atEdge) {
    return (!atEdgeOnly || atEdge) && isPackable(new Said(reply.head(), fields), reply, asked);
  }

  /**
   * The same reply, compressed if the client takes that; called on the loop of these turns.
   *
   * @param reply one that it {@link #concerns}
   * @param fields fields that the route has set or removed; null for none
   */
  Packed pack(
      Reply reply,
      @Nullable Map<String, Object> fields,
      RequestHead asked,
      Deflaters deflaters,
      Turns turns) {
    Map<String, Object> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (fields != null) {
      more.putAll(fields);
    }
    String vary = new Said(reply.head(), fields).of("Vary");
    if (!vary.contains("*") && !vary.toLowerCase(Locale.ROOT).contains("accept-encoding")) {
      more.put("Vary", vary.isEmpty() ? "Accept-Encoding" : vary + ", Accept-Encoding");
    }
    if (!takesGzip(asked) || asked.minorVersion() == 0) {
      return new Packed(reply, more);
    }
    FastDeflater deflater = reply.head().isBodiless() ? null : deflaters.take();
    if (deflater == null && !reply.head().isBodiless()) {
      return new Packed(reply, more);
    }
    more.put("Content-Encoding", "gzip");
    ReplyHead head = inChunks(reply.head(), asked);
    boolean flushes = reply.head().contentLength() < 0;
    return new Packed(
        deflater == null
            ? new Reply(head, reply.body(), reply.worker())
            : new Reply(
                head,
                new PackedBody(reply.body(), flushes, deflater, deflaters, turns),
                reply.worker()),
        more);
  }

  private static ReplyHead inChunks(ReplyHead head, RequestHead asked) {
    try {
      return head.with(head.status(), -1, asked.method());
    } catch (HttpException e) {
      throw new IllegalStateException(e); // the same lines have been read before
    }
  }

  private boolean isPackable(Said said, Reply reply, RequestHead asked) {
    long length = reply.head().contentLength();
    return reply.status() == 200
        && (length >= minBytes
            || length < 0 && minBytes < Long.MAX_VALUE && !reply.head().isBodiless())
        && isJson(said.of("Content-Type"))
        && said.of("Content-Encoding").isEmpty()
        && !said.of("Cache-Control").toLowerCase(Locale.ROOT).contains("no-transform")
        && isWeak(said.of("ETag"))
        && said.of("Content-Disposition").isEmpty()
        && DIGESTS.stream().allMatch(name -> said.of(name).isEmpty())
        && !isMedia(asked.path());
  }

  private static boolean isJson(String type) {
    int end = type.indexOf(';');
    String bare = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    return bare.equals("application/json") || bare.endsWith("+json");
  }

  private static boolean isWeak(String tag) {
    return tag.isEmpty() || tag.startsWith("W/");
  }

  private static boolean isMedia(String path) {
    return path.startsWith("/_matrix/") && path.contains("/media/");
  }

  /** What the reply says, as the route has left it. */
  private record Said(ReplyHead head, @Nullable Map<String, Object> fields) {
    /** All values of a field; empty if there is none. */
    String of(String name) {
      if (fields != null && fields.containsKey(name)) {
        return text(fields.get(name));
      }
      return values(head, name.toLowerCase(Locale.ROOT));
    }

    private static String text(Object value) {
      if (value instanceof Iterable<?> several) {
        return StreamSupport.stream(several.spliterator(), false)
            .map(String::valueOf)
            .collect(Collectors.joining(", "));
      }
      return value == null ? "" : value.toString();
    }

    private static String values(ReplyHead head, String lowerName) {
      String values = "";
      for (int at = head.find(lowerName, 0); at >= 0; at = head.find(lowerName, at + 1)) {
        values = values.isEmpty() ? head.value(at) : values + ", " + head.value(at);
      }
      return values;
    }
  }

  /** Whether a client takes gzip; what it says of gzip counts before what it says of all. */
  private static boolean takesGzip(RequestHead asked) {
    boolean all = false;
    for (int at = asked.find("accept-encoding", 0);
        at >= 0;
        at = asked.find("accept-encoding", at + 1)) {
      for (String coding : asked.value(at).split(",", -1)) {
        List<String> parts = List.of(coding.split(";", -1));
        String name = parts.get(0).strip().toLowerCase(Locale.ROOT);
        boolean wanted = parts.stream().skip(1).noneMatch(Packing::isZero);
        if (name.equals("gzip") || name.equals("x-gzip")) {
          return wanted;
        }
        all |= name.equals("*") && wanted;
      }
    }
    return all;
  }

  private static boolean isZero(String parameter) {
    return parameter.strip().matches("[qQ]\\s*=\\s*0(\\.0*)?");
  }
}
