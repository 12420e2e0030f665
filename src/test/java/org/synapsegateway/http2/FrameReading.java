// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what a client sends in frames without any state of streams: which requests are in it that a
 * worker may get. There may be more than a server must answer, and there are none that it must not.
 */
public final class FrameReading {
  private static final int HEADER = 9;
  private static final int PADDED = 8;
  private static final int PRIORITY = 0x20;

  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
  private final Map<Integer, Request> open = new LinkedHashMap<>();
  private final List<String> whole = new ArrayList<>();

  /** The block that goes on in the next frame; null if none does. */
  private StringBuilder block;

  private int blockStream;
  private boolean blockEnds;

  /** A request that has not ended. */
  private record Request(List<String[]> fields, StringBuilder body) {
    private String value(String name) {
      return fields.stream()
          .filter(field -> field[0].equals(name))
          .map(field -> field[1])
          .findFirst()
          .orElse(null);
    }
  }

  private FrameReading() {}

  /** Each as method and path, a new line and its body. */
  public static List<String> requests(String frames) {
    FrameReading reading = new FrameReading();
    try {
      ByteBuf bytes = Unpooled.copiedBuffer(frames, StandardCharsets.ISO_8859_1);
      while (bytes.readableBytes() >= HEADER) {
        int size = bytes.readUnsignedMedium();
        int type = bytes.readUnsignedByte();
        int flags = bytes.readUnsignedByte();
        int stream = bytes.readInt() & Integer.MAX_VALUE;
        if (size > bytes.readableBytes()) {
          break;
        }
        reading.frame(
            type,
            flags,
            stream,
            bytes.readCharSequence(size, StandardCharsets.ISO_8859_1).toString());
      }
    } catch (Http2Exception | IndexOutOfBoundsException e) {
      // no server goes on here
    }
    return reading.whole;
  }

  private void frame(int type, int flags, int stream, String payload) throws Http2Exception {
    boolean ends = (flags & FrameClient.END_STREAM) != 0;
    switch (type) {
      case FrameClient.DATA -> data(stream, unpadded(flags, payload, 0), ends);
      case FrameClient.HEADERS -> {
        block = new StringBuilder(unpadded(flags, payload, (flags & PRIORITY) != 0 ? 5 : 0));
        blockStream = stream;
        blockEnds = ends;
      }
      case FrameClient.CONTINUATION -> {
        if (block != null) {
          block.append(payload);
        }
      }
      default -> {}
    }
    boolean ofBlock = type == FrameClient.HEADERS || type == FrameClient.CONTINUATION;
    if (ofBlock && block != null && (flags & FrameClient.END_HEADERS) != 0) {
      String all = block.toString();
      block = null;
      section(fields(all));
    }
  }

  private static String unpadded(int flags, String payload, int skipped) {
    boolean padded = (flags & PADDED) != 0;
    int from = (padded ? 1 : 0) + skipped;
    return payload.substring(from, payload.length() - (padded ? payload.charAt(0) : 0));
  }

  private List<String[]> fields(String text) throws Http2Exception {
    List<String[]> fields = new ArrayList<>();
    decoder
        .decodeHeaders(blockStream, Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1))
        .forEach(
            field ->
                fields.add(new String[] {field.getKey().toString(), field.getValue().toString()}));
    return fields;
  }

  private void section(List<String[]> fields) {
    if (open.containsKey(blockStream)) {
      data(blockStream, "", blockEnds);
    } else if (SectionRules.brokenBy(fields, blockEnds).isEmpty()) {
      open.put(blockStream, new Request(fields, new StringBuilder()));
      data(blockStream, "", blockEnds);
    }
  }

  private void data(int stream, String part, boolean ends) {
    Request request = open.get(stream);
    if (request == null) {
      return;
    }
    request.body.append(part);
    if (!ends) {
      return;
    }
    open.remove(stream);
    String length = request.value("content-length");
    if (length == null || Long.parseLong(length) == request.body.length()) {
      whole.add(request.value(":method") + " " + request.value(":path") + "\n" + request.body);
    }
  }
}
