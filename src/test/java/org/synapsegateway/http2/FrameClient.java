// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A client of HTTP/2 that writes any frame and reads each one. Confined to one thread. */
public final class FrameClient implements AutoCloseable {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PUSH_PROMISE = 5;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  public static final int END_STREAM = 1;
  public static final int ACK = 1;
  public static final int END_HEADERS = 4;
  public static final int PADDED = 8;

  /** What a client sends before its first frame. */
  public static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private static final int TIMEOUT_MILLIS = 10_000;

  /** One frame. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares frames
  public record Frame(int type, int flags, int stream, byte[] payload) {
    public boolean endsStream() {
      return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }

    /** The number with which the payload begins. */
    public int number() {
      return Unpooled.wrappedBuffer(payload).readInt();
    }

    public String text() {
      return new String(payload, StandardCharsets.ISO_8859_1);
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

  public FrameClient(Socket connected) throws IOException {
    socket = connected;
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** Writes the preface, and settings as {@code id, value} pairs. */
  public FrameClient begin(int... settings) throws IOException {
    write(PREFACE.getBytes(StandardCharsets.US_ASCII));
    ByteBuf payload = Unpooled.buffer();
    for (int i = 0; i < settings.length; i += 2) {
      payload.writeShort(settings[i]).writeInt(settings[i + 1]);
    }
    return frame(SETTINGS, 0, 0, ByteBufUtil.getBytes(payload));
  }

  public FrameClient frame(int type, int flags, int stream, byte... payload) throws IOException {
    write(bytes(type, flags, stream, payload));
    return this;
  }

  /** The bytes of a frame. */
  public static byte[] bytes(int type, int flags, int stream, byte... payload) {
    ByteBuf bytes = Unpooled.buffer();
    bytes.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    return ByteBufUtil.getBytes(bytes.writeBytes(payload));
  }

  /** Writes a frame whose payload is one number. */
  public FrameClient number(int type, int stream, int number) throws IOException {
    return frame(type, 0, stream, ByteBufUtil.getBytes(Unpooled.buffer().writeInt(number)));
  }

  /** Writes fields, each as {@code name=value}. */
  public FrameClient headers(int stream, boolean end, String... fields) throws IOException {
    byte[] block = ByteBufUtil.getBytes(new HpackBlock().fields(fields).bytes());
    return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block);
  }

  /** Asks for a path. */
  public FrameClient request(int stream, boolean end, String method, String path, String... more)
      throws IOException {
    List<String> fields = new ArrayList<>();
    fields.addAll(List.of(":method=" + method, ":scheme=https", ":path=" + path, ":authority=h"));
    fields.addAll(List.of(more));
    return headers(stream, end, fields.toArray(String[]::new));
  }

  public FrameClient data(int stream, boolean end, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return frame(DATA, end ? END_STREAM : 0, stream, bytes);
  }

  /** Writes a byte of whatever it is. */
  public void raw(byte b) throws IOException {
    out.write(b);
  }

  /** Writes bytes of whatever they are. */
  public void write(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /** The next frame, whatever it is. */
  public Frame next() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    return new Frame(type, flags, stream, in.readNBytes(length));
  }

  /** The next frame that is meant; those before it are lost. */
  public Frame next(Predicate<Frame> meant) throws IOException {
    Frame frame = next();
    while (!meant.test(frame)) {
      frame = next();
    }
    return frame;
  }

  /** The next frame of a type; those before it are lost. */
  public Frame next(int type) throws IOException {
    return next(frame -> frame.type == type);
  }

  /** All that comes until a ping is answered that is sent now. */
  public List<Frame> untilPing() throws IOException {
    frame(PING, 0, 0, new byte[8]);
    List<Frame> frames = new ArrayList<>();
    for (Frame frame = next(); frame.type != PING; frame = next()) {
      frames.add(frame);
    }
    return frames;
  }

  /** The fields of a block, each as {@code name=value}; blocks must be read in their order. */
  public List<String> fields(Frame headers) throws Http2Exception {
    List<String> fields = new ArrayList<>();
    decoder
        .decodeHeaders(headers.stream, Unpooled.wrappedBuffer(headers.payload))
        .forEach(field -> fields.add(field.getKey() + "=" + field.getValue()));
    return fields;
  }

  /** How long to wait for a frame, in milliseconds. */
  public void patience(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  /** Whether something has come that has not been read. */
  public boolean hasMore() {
    try {
      return in.available() > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the server has ended the connection, once all has been read. */
  public boolean isEnded() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
