// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.accesslog;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.Field;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.KeyKind;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.request.Destination;
import org.synapsegateway.request.RequestRecord;

/**
 * What the access log has to say about a request, between the event loop that packs it into bytes
 * and the thread that writes its line.
 *
 * <p>A packed entry holds copies from the request's head, tokens too, because the loop has no time
 * to mask them. In that form it never leaves memory. Confined to one thread at a time.
 */
// a byte for a value of an enum; unpack() sets all fields
@SuppressWarnings({"EnumOrdinal", "NullAway.Init"})
final class AccessEntry {
  /** The longest target, page or name of a program that is logged; more is cut off. */
  private static final int MAX_TEXT = 2048;

  private static final int NUMBERS = 64;
  private static final int TEXTS = 8;

  /** How many bytes an entry may take. */
  static final int MAX_BYTES = NUMBERS + TEXTS * (2 + MAX_TEXT);

  private static final KeyKind[] KEYS = KeyKind.values();
  private static final Failure[] FAILURES = Failure.values();

  long endedAt;
  long firstByteNanos;
  long lastByteNanos;
  long waitedNanos;
  long requestBytes;
  long replyBytes;
  int destination;
  int status;
  int retries;
  boolean poll;
  int protocol;
  KeyKind key;
  @Nullable Failure failure;
  Slice client;
  Slice method;
  Slice target;
  Slice referer;
  Slice userAgent;
  Slice authorization;
  Slice id;
  Slice listener;

  // ---- on the event loop

  static void pack(ByteBuffer out, RequestRecord record, RequestHead head, Client client) {
    Destination to = record.destination();
    out.putLong(record.endedAt());
    out.putLong(record.nanosToFirstByte());
    out.putLong(record.nanosToLastByte());
    out.putLong(record.waitedNanos());
    out.putLong(record.requestBytes());
    out.putLong(record.replyBytes());
    out.putInt(to == null ? 0 : to.number());
    out.putShort((short) record.status());
    out.put((byte) Math.min(record.retries(), Byte.MAX_VALUE));
    out.put((byte) (record.isPoll() ? 1 : 0));
    out.put((byte) head.protocol());
    out.put((byte) record.key().ordinal());
    out.put((byte) (record.failure() == null ? -1 : record.failure().ordinal()));
    text(out, client.address());
    text(out, head.method());
    // an invalid head has no target and no fields
    boolean read = !head.method().isEmpty();
    bytes(out, head, read ? head.targetStart() : 0, read ? head.queryEnd() : 0);
    field(out, head, read ? head.find("referer", 0) : -1);
    field(out, head, read ? head.find("user-agent", 0) : -1);
    field(out, head, read ? head.find(Field.AUTHORIZATION, 0) : -1);
    text(out, record.id() == null ? "" : record.id());
    text(out, record.listener());
  }

  private static void text(ByteBuffer out, String text) {
    int length = Math.min(text.length(), MAX_TEXT);
    out.putShort((short) length);
    for (int i = 0; i < length; i++) {
      out.put((byte) text.charAt(i));
    }
  }

  private static void field(ByteBuffer out, RequestHead head, int line) {
    bytes(out, head, line < 0 ? 0 : head.valueStart(line), line < 0 ? 0 : head.valueEnd(line));
  }

  private static void bytes(ByteBuffer out, RequestHead head, int start, int end) {
    int length = Math.min(end - start, MAX_TEXT);
    out.putShort((short) length);
    out.put(head.bytes(), start, length);
  }

  // ---- on the log's thread

  void unpack(ByteBuffer in) {
    endedAt = in.getLong();
    firstByteNanos = in.getLong();
    lastByteNanos = in.getLong();
    waitedNanos = in.getLong();
    requestBytes = in.getLong();
    replyBytes = in.getLong();
    destination = in.getInt();
    status = in.getShort();
    retries = in.get();
    poll = in.get() != 0;
    protocol = in.get();
    key = KEYS[in.get()];
    int failed = in.get();
    failure = failed < 0 ? null : FAILURES[failed];
    client = slice(in);
    method = slice(in);
    target = slice(in);
    referer = slice(in);
    userAgent = slice(in);
    authorization = slice(in);
    id = slice(in);
    listener = slice(in);
  }

  // pages are allocated, so their arrays begin where they do
  @SuppressWarnings("ByteBufferBackingArray")
  private static Slice slice(ByteBuffer in) {
    int length = in.getShort();
    int start = in.position();
    in.position(start + length);
    return Slice.of(in.array(), start, start + length);
  }
}
