// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of a message, taken off its framing (RFC 9112 section 6.3) without any leniency.
 *
 * @param content the bytes that the body carries
 * @param framed the bytes that carried them: chunk sizes, trailers and all
 * @param trailers the trailer fields
 * @param isWhole whether the framing came to its end; otherwise the connection ended before
 */
public record RawBody(String content, String framed, List<RawField> trailers, boolean isWhole) {
  /** No body. */
  public static final RawBody NONE = new RawBody("", "", List.of(), true);

  /** Reads the body of a request. */
  public static RawBody ofRequest(Wire wire, RawHead head) throws IOException {
    if (isChunked(head)) {
      return chunks(wire);
    }
    long length = length(head);
    return length < 0 ? NONE : exactly(wire, length);
  }

  /** Reads the body of a reply to a request with this method. */
  public static RawBody ofReply(Wire wire, RawHead head, String method) throws IOException {
    int status = head.status();
    boolean chunked = isChunked(head);
    long length = length(head);
    if (method.equals("HEAD") || status < 200 || status == 204 || status == 304) {
      return NONE;
    }
    if (chunked) {
      return chunks(wire);
    }
    return length < 0 ? untilEnd(wire) : exactly(wire, length);
  }

  private static boolean isChunked(RawHead head) throws MalformedException {
    String coding = head.value("Transfer-Encoding");
    if (coding == null) {
      return false;
    }
    if (!coding.equalsIgnoreCase("chunked") || head.value("Content-Length") != null) {
      throw new MalformedException("framing in doubt: " + Text.show(head.text()));
    }
    return true;
  }

  private static long length(RawHead head) throws MalformedException {
    String length = head.value("Content-Length");
    if (length == null) {
      return -1;
    }
    if (!length.matches("[0-9]{1,18}")) {
      throw new MalformedException("Content-Length \"" + Text.show(length) + "\"");
    }
    return Long.parseLong(length);
  }

  private static RawBody exactly(Wire wire, long length) throws IOException {
    try {
      String content =
          wire.take((int) Math.min(length, Integer.MAX_VALUE)); // longer ones end early
      return new RawBody(content, content, List.of(), true);
    } catch (EOFException e) {
      String content = wire.takeAll();
      return new RawBody(content, content, List.of(), false);
    }
  }

  private static RawBody untilEnd(Wire wire) throws IOException {
    String content = wire.takeAll();
    return new RawBody(content, content, List.of(), wire.end() == Wire.End.CLOSED);
  }

  private static RawBody chunks(Wire wire) throws IOException {
    StringBuilder content = new StringBuilder();
    StringBuilder framed = new StringBuilder();
    List<RawField> trailers = new ArrayList<>();
    try {
      long size = chunk(wire, content, framed);
      while (size > 0) {
        size = chunk(wire, content, framed);
      }
      for (String line = line(wire, framed); !line.isEmpty(); line = line(wire, framed)) {
        trailers.add(RawField.of(line));
      }
      return new RawBody(content.toString(), framed.toString(), List.copyOf(trailers), true);
    } catch (EOFException e) {
      framed.append(wire.takeAll());
      return new RawBody(content.toString(), framed.toString(), List.of(), false);
    }
  }

  private static long chunk(Wire wire, StringBuilder content, StringBuilder framed)
      throws IOException {
    String size = line(wire, framed);
    if (!size.matches("[0-9A-Fa-f]{1,15}")) {
      throw new MalformedException("chunk size \"" + Text.show(size) + "\"");
    }
    int length = Math.toIntExact(Long.parseLong(size, 16));
    if (length > 0) {
      String data = wire.take(length);
      content.append(data);
      framed.append(data);
      String end = wire.take(2);
      framed.append(end);
      if (!end.equals("\r\n")) {
        throw new MalformedException("chunk data followed by \"" + Text.show(end) + "\"");
      }
    }
    return length;
  }

  private static String line(Wire wire, StringBuilder framed) throws IOException {
    String line = wire.takeThrough("\r\n");
    framed.append(line);
    return line.substring(0, line.length() - 2);
  }
}
