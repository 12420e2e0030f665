// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.net.MemoryBudget;

/**
 * Netty's codec for one connection, with the gateway's own reading and writing of heads and its own
 * limits.
 *
 * @param sections has the sections of streams read
 * @param key of the {@link FrameStream} of a stream
 * @param windows what the client may send of bodies
 * @param replies what it takes of them
 */
record Codec(
    Http2ConnectionDecoder decoder,
    Http2ConnectionEncoder encoder,
    Http2Settings settings,
    Relay sections,
    Http2Connection.PropertyKey key,
    Windows windows,
    ReplyWindows replies) {
  /** RFC 9218 section 2.1: the gateway ignores the priorities of RFC 7540. */
  private static final char NO_RFC7540_PRIORITIES = 9;

  /** Each field of a list counts this much beside its bytes (RFC 9113 section 6.5.2). */
  private static final int OF_A_FIELD = 32;

  private static final int MAX_CONTINUATIONS = 8;

  /** Passes field sections to a reader that is set later. */
  static final class Relay implements Sections {
    @SuppressWarnings("NullAway.Init") // reader() sets it, before the first section
    private Sections reader;

    void reader(Sections of) {
      reader = of;
    }

    @Override
    public Section of(int stream) throws Http2Exception {
      return reader.of(stream);
    }
  }

  /**
   * @param limits how large a head may be
   * @param maxStreams how many requests may be under way at once
   * @param uploads the memory for bodies of requests
   */
  static Codec of(HeadLimits limits, int maxStreams, MemoryBudget uploads) throws Http2Exception {
    long maxSize =
        (long) limits.startLine() + limits.fields() + OF_A_FIELD * RequestSection.MAX_FIELDS;
    Relay sections = new Relay();
    Http2Connection connection = new DefaultHttp2Connection(true, 0);
    letStreamsBe(connection);
    Http2Connection.PropertyKey key = connection.newKey();
    ReplyWindows replies = new ReplyWindows(connection, key);
    connection.remote().flowController(replies);
    Windows windows = new Windows(connection, key, uploads);
    connection.local().flowController(windows);
    Http2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(connection, new DefaultHttp2FrameWriter(new NoEncoder()));
    SectionDecoder section = new SectionDecoder(maxSize, sections);
    Http2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(
            connection,
            encoder,
            new HeadersReader(new DefaultHttp2FrameReader(section, MAX_CONTINUATIONS), section),
            Http2PromisedRequestVerifier.ALWAYS_VERIFY,
            true,
            true,
            false);
    Http2Settings settings =
        new Http2Settings()
            .maxConcurrentStreams(maxStreams)
            .initialWindowSize(Windows.FIRST)
            .maxHeaderListSize(maxSize);
    settings.put(NO_RFC7540_PRIORITIES, Long.valueOf(1));
    return new Codec(decoder, encoder, settings, sections, key, windows, replies);
  }

  /**
   * Keeps Netty from refusing streams: it forgets a stream that it refuses, and ends the connection
   * when the body of that stream arrives. {@link Streams} refuses.
   */
  static void letStreamsBe(Http2Connection connection) throws Http2Exception {
    connection.remote().maxActiveStreams(Integer.MAX_VALUE);
  }
}
