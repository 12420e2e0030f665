// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import org.synapsegateway.http.HeadLimits;

/**
 * Netty's codec for one connection, with the gateway's own reading and writing of heads and its own
 * limits.
 *
 * @param sections has the sections of streams read
 */
record Codec(
    Http2ConnectionDecoder decoder,
    Http2ConnectionEncoder encoder,
    Http2Settings settings,
    Relay sections) {
  /** RFC 9218 section 2.1: the gateway ignores the priorities of RFC 7540. */
  private static final char NO_RFC7540_PRIORITIES = 9;

  /** Each field of a list counts this much beside its bytes (RFC 9113 section 6.5.2). */
  private static final int OF_A_FIELD = 32;

  /** How much of one reply is sent before another one has its turn. */
  private static final int SHARE = 16 * 1024;

  private static final int MAX_CONTINUATIONS = 8;

  /** Ends the connection whose settings make a window too large, as section 6.9.2 demands. */
  private static final class Encoder extends DefaultHttp2ConnectionEncoder {
    Encoder(Http2Connection connection) {
      super(connection, new DefaultHttp2FrameWriter(new NoEncoder()));
    }

    @Override
    public void remoteSettings(Http2Settings settings) throws Http2Exception {
      try {
        super.remoteSettings(settings);
      } catch (Http2Exception.StreamException e) {
        throw Http2Exception.connectionError(e.error(), e, "%s", e.getMessage());
      }
    }
  }

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
   */
  static Codec of(HeadLimits limits, int maxStreams) throws Http2Exception {
    long maxSize =
        (long) limits.startLine() + limits.fields() + OF_A_FIELD * RequestSection.MAX_FIELDS;
    Relay sections = new Relay();
    Http2Connection connection = connection();
    Http2ConnectionEncoder encoder = new Encoder(connection);
    Http2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(
            connection,
            encoder,
            new DefaultHttp2FrameReader(new SectionDecoder(maxSize, sections), MAX_CONTINUATIONS),
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
    return new Codec(decoder, encoder, settings, sections);
  }

  /**
   * Keeps Netty from refusing streams: it forgets a stream that it refuses, and ends the connection
   * when the body of that stream arrives. {@link Streams} refuses.
   */
  static void letStreamsBe(Http2Connection connection) throws Http2Exception {
    connection.remote().maxActiveStreams(Integer.MAX_VALUE);
  }

  private static Http2Connection connection() throws Http2Exception {
    Http2Connection connection = new DefaultHttp2Connection(true, 0);
    letStreamsBe(connection);
    UniformStreamByteDistributor distributor = new UniformStreamByteDistributor(connection);
    distributor.minAllocationChunk(SHARE);
    connection
        .remote()
        .flowController(new DefaultHttp2RemoteFlowController(connection, distributor));
    connection.local().flowController(new DefaultHttp2LocalFlowController(connection));
    connection.local().flowController().initialWindowSize(Windows.FIRST);
    return connection;
  }
}
