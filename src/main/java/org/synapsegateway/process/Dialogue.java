// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * What two processes of one gateway say to each other, over a UNIX socket, when the new one takes
 * the place of the old one.
 *
 * <p>The old process first sends its {@link #sendSockets descriptors} and {@link #sendParts parts}.
 * Then the new process sends words, and the old one answers each. Parts have names and lengths, so
 * that a process skips parts that only another version knows. Confined to one thread.
 */
// a byte for a word
@SuppressWarnings("EnumOrdinal")
final class Dialogue implements AutoCloseable {
  /** The requests of the new process, and their confirmations; all versions have this order. */
  enum Word {
    /** Stop what only one process may do at a time, and say what you know. */
    TAKE_OVER,
    /** This process accepts connections: leave. */
    SERVING,
    /** This process cannot start; why follows. */
    FAILED
  }

  /** The time that each process waits for the other: longer than a start takes. */
  static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** Of one descriptor, with room: each comes with a byte of its own. */
  private static final int ANCILLARY = 256;

  private static final int MAX_PART = 256 * 1024 * 1024;

  private final AFUNIXSocket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  /**
   * @param socket connected to the other process
   */
  Dialogue(AFUNIXSocket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(Math.toIntExact(TIMEOUT.toMillis()));
    socket.setAncillaryReceiveBufferSize(ANCILLARY);
    // no buffers: a descriptor comes with the very byte that is read
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
  }

  /** Sends descriptors, each with what it is asked for by; they stay open here. */
  void sendSockets(List<Map.Entry<String, Integer>> sockets) throws IOException {
    out.writeInt(sockets.size());
    for (Map.Entry<String, Integer> each : sockets) {
      out.writeUTF(each.getKey());
      socket.setOutboundFileDescriptors(
          FileDescriptorCast.unsafeUsing(each.getValue()).getFileDescriptor());
      out.write(0);
    }
  }

  /** Reads descriptors, which are open here from then on. */
  List<Map.Entry<String, Integer>> readSockets() throws IOException {
    List<Map.Entry<String, Integer>> sockets = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      String key = in.readUTF();
      in.readByte();
      sockets.add(Map.entry(key, received()));
    }
    return sockets;
  }

  /** A duplicate, as junixsocket closes what it has received with the socket. */
  private int received() throws IOException {
    FileDescriptor[] all = socket.getReceivedFileDescriptors();
    if (all.length != 1) {
      throw new IOException("a descriptor is missing; is the limit of open files reached?");
    }
    FileDescriptor own = FileDescriptorCast.duplicating(all[0]).as(FileDescriptor.class);
    return FileDescriptorCast.using(own).as(Integer.class);
  }

  void sendParts(Map<String, byte[]> parts) throws IOException {
    out.writeInt(parts.size());
    for (Map.Entry<String, byte[]> part : parts.entrySet()) {
      out.writeUTF(part.getKey());
      out.writeInt(part.getValue().length);
      out.write(part.getValue());
    }
  }

  Map<String, byte[]> readParts() throws IOException {
    Map<String, byte[]> parts = new HashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      String name = in.readUTF();
      int length = in.readInt();
      if (length < 0 || length > MAX_PART) {
        throw new IOException("part " + name + " has " + length + " bytes");
      }
      byte[] part = new byte[length];
      in.readFully(part);
      parts.put(name, part);
    }
    return parts;
  }

  /** Says something, and reads nothing. */
  void say(Word word) throws IOException {
    out.writeByte(word.ordinal());
  }

  /** Says why this process cannot start. */
  void sayFailure(String why) throws IOException {
    say(Word.FAILED);
    byte[] text = why.getBytes(StandardCharsets.UTF_8);
    out.writeInt(text.length);
    out.write(text);
  }

  /**
   * Waits for a word from the other process.
   *
   * @throws IOException if it says that it has failed, or has ended; says so
   */
  Word hear() throws IOException {
    try {
      int number = in.readByte();
      if (number < 0 || number >= Word.values().length) {
        throw new IOException("the other process says what this version does not know");
      }
      Word word = Word.values()[number];
      if (word == Word.FAILED) {
        byte[] text = new byte[in.readInt()];
        in.readFully(text);
        throw new IOException(new String(text, StandardCharsets.UTF_8));
      }
      return word;
    } catch (EOFException e) {
      throw new IOException("the other process has ended", e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
