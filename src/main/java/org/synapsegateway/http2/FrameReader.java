// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2FrameTypes;
import org.synapsegateway.net.Inlet;
import org.synapsegateway.net.Turns;

/**
 * Splits the input of a connection into frames and passes them on one by one, so that other
 * connections get turns in between, and the credit for a frame is charged before it is read.
 *
 * <p>Confined to one event loop.
 */
final class FrameReader implements Inlet.Reader {
  /** The length of the preface, with which each connection begins (RFC 9113 section 3.4). */
  private static final int PREFACE = 24;

  private static final int HEADER = 9;

  /** The largest frame; no other limit is announced (section 6.5.2). */
  private static final int MAX_PAYLOAD = 16 * 1024;

  private static final int END_HEADERS = 4;

  /** Eight settings, this many bytes, cost as much as a frame. */
  private static final int SETTINGS_BYTES = 8 * 6;

  /** This many bytes of a field block cost as much as a frame: each byte may be a field. */
  private static final int BLOCK_BYTES = 1024;

  /** The cost of reading a frame beside its bytes, in bytes moved. */
  private static final int COST_OF_FRAME = 4 * 1024;

  private final Frames frames;
  private final ConnectionOwner owner;
  private final Turns turns;

  /** How many bytes of the preface are missing. */
  private int preface = PREFACE;

  /** Whether a head is incomplete. */
  private boolean inBlock;

  /** Whether the last read ended in the middle of a frame or a head. */
  private boolean isPartial;

  /** Whether this read has completed a frame. */
  private boolean hasProgress;

  FrameReader(Frames frames, ConnectionOwner owner, Turns turns) {
    this.frames = frames;
    this.owner = owner;
    this.turns = turns;
  }

  @Override
  public boolean readOn(ByteBuf bytes) {
    if (frames.isBroken()) {
      owner.skip(bytes);
      return false;
    }
    if (frames.pausesIfFull()) {
      return false;
    }
    int size = preface > 0 ? Math.min(preface, bytes.readableBytes()) : frameSize(bytes);
    if (size == 0) {
      return false;
    }
    if (preface > 0) {
      preface -= size;
    } else {
      reckon(bytes);
    }
    if (!frames.isBroken()) {
      read(bytes, size);
    }
    return true;
  }

  /** Limits the buffer to one frame for Netty; a slice would be an object. */
  private void read(ByteBuf bytes, int size) {
    int frameEnd = bytes.readerIndex() + size;
    int end = bytes.writerIndex();
    frames.read(bytes.writerIndex(frameEnd));
    bytes.writerIndex(end).readerIndex(frameEnd);
  }

  /** The bytes of the next frame, if it is whole or too large; else 0. */
  private static int frameSize(ByteBuf bytes) {
    if (bytes.readableBytes() < HEADER) {
      return 0;
    }
    int payload = bytes.getUnsignedMedium(bytes.readerIndex());
    if (payload > MAX_PAYLOAD) {
      return HEADER; // the codec refuses it
    }
    return bytes.readableBytes() < HEADER + payload ? 0 : HEADER + payload;
  }

  /** Reads the header of the next frame, and charges the credit for the frame. */
  private void reckon(ByteBuf bytes) {
    int start = bytes.readerIndex();
    int type = bytes.getUnsignedByte(start + 3);
    boolean ofBlock = type == Http2FrameTypes.HEADERS || type == Http2FrameTypes.CONTINUATION;
    inBlock = ofBlock && (bytes.getByte(start + 4) & END_HEADERS) == 0;
    hasProgress |= !inBlock;
    int payload = bytes.getUnsignedMedium(start);
    if (ofBlock) {
      pay(payload, BLOCK_BYTES);
    } else if (type == Http2FrameTypes.SETTINGS) {
      pay(payload, SETTINGS_BYTES);
    } else {
      turns.charge(COST_OF_FRAME);
      frames.pay(1);
    }
  }

  /** Charges the credit for a frame whose bytes are parsed. */
  private void pay(int payload, int each) {
    turns.charge(COST_OF_FRAME + (long) payload * Turns.BYTE_OF_HEAD);
    frames.pay(1 + payload / each);
  }

  @Override
  public void haveRead(ByteBuf rest) {
    boolean now = !frames.isBroken() && (rest.isReadable() || inBlock);
    if (now && (hasProgress || !isPartial)) {
      owner.awaitsRest(true);
    } else if (!now && isPartial) {
      owner.awaitsRest(false);
    }
    isPartial = now;
    hasProgress = false;
  }

  @Override
  public Turns.Rank rank(ByteBuf rest, boolean hadShare) {
    return hadShare ? Turns.Rank.STREAMS : Turns.Rank.LITTLE;
  }

  @Override
  public void turnEnds() {
    frames.turnEnds();
  }

  @Override
  public int maxUnread() {
    return 2 * MAX_PAYLOAD;
  }

  @Override
  public void overflows() {
    frames.overflows();
  }
}
