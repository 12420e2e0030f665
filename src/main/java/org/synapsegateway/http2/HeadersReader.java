// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2FrameTypes;

/**
 * Reads HEADERS frames that hold a whole section, as those of nearly all requests do, without the
 * four objects that Netty makes for each. All other frames, and those with a fault, are read by
 * Netty's reader.
 *
 * <p>The input must be one whole frame, or the beginning of one that is too large. Confined to one
 * event loop.
 */
final class HeadersReader implements Http2FrameReader {
  private static final int HEADER = 9;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;
  private static final int PRIORITY = 0x20;

  /** The stream that this one depends on, and a weight (RFC 7540 section 6.2); both are ignored. */
  private static final int PRIORITY_BYTES = 5;

  private final Http2FrameReader others;
  private final SectionDecoder sections;

  /** Whether Netty's reader has the beginning of a section. */
  private boolean inSection;

  HeadersReader(Http2FrameReader others, SectionDecoder sections) {
    this.others = others;
    this.sections = sections;
  }

  @Override
  public void readFrame(ChannelHandlerContext ctx, ByteBuf frame, Http2FrameListener listener)
      throws Http2Exception {
    if (!inSection && isWholeSection(frame)) {
      read(ctx, frame, listener);
    } else {
      noteSection(frame);
      others.readFrame(ctx, frame, listener);
    }
  }

  private static int flags(ByteBuf frame) {
    return frame.getByte(frame.readerIndex() + 4);
  }

  private static int stream(ByteBuf frame) {
    return frame.getInt(frame.readerIndex() + 5) & Integer.MAX_VALUE;
  }

  private boolean isWholeSection(ByteBuf frame) {
    int payload = frame.readableBytes() - HEADER;
    if (payload < 0
        || payload != frame.getUnsignedMedium(frame.readerIndex())
        || payload > sections.maxHeaderListSizeGoAway()
        || frame.getByte(frame.readerIndex() + 3) != Http2FrameTypes.HEADERS
        || (flags(frame) & (END_HEADERS | PADDED)) != END_HEADERS
        || stream(frame) == Http2CodecUtil.CONNECTION_STREAM_ID) {
      return false;
    }
    return !hasPriority(frame)
        || payload >= PRIORITY_BYTES
            && (frame.getInt(frame.readerIndex() + HEADER) & Integer.MAX_VALUE) != stream(frame);
  }

  private static boolean hasPriority(ByteBuf frame) {
    return (flags(frame) & PRIORITY) != 0;
  }

  private void read(ChannelHandlerContext ctx, ByteBuf frame, Http2FrameListener listener)
      throws Http2Exception {
    int stream = stream(frame);
    boolean last = (flags(frame) & END_STREAM) != 0;
    frame.skipBytes(HEADER + (hasPriority(frame) ? PRIORITY_BYTES : 0));
    listener.onHeadersRead(ctx, stream, sections.decodeHeaders(stream, frame), 0, last);
  }

  private void noteSection(ByteBuf frame) {
    if (frame.readableBytes() >= HEADER) {
      int type = frame.getByte(frame.readerIndex() + 3);
      if (type == Http2FrameTypes.HEADERS || type == Http2FrameTypes.CONTINUATION) {
        inSection = (flags(frame) & END_HEADERS) == 0;
      }
    }
  }

  @Override
  public Configuration configuration() {
    return others.configuration();
  }

  @Override
  public void close() {
    others.close();
  }
}
