// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.List;

/**
 * Has Netty's HPACK decoder hand each field to a {@link Section} and keep none: what Netty passes
 * on as headers is always empty. Confined to one event loop.
 */
final class SectionDecoder extends DefaultHttp2HeadersDecoder {
  private final Sections sections;
  private final Sink sink = new Sink();

  /**
   * @param maxSize how large a section may be with all of its fields, 32 bytes added for each (RFC
   *     9113 section 6.5.2)
   * @param sections finds the section of a stream
   */
  SectionDecoder(long maxSize, Sections sections) {
    super(false, maxSize);
    this.sections = sections;
  }

  @Override
  public Http2Headers decodeHeaders(int stream, ByteBuf block) throws Http2Exception {
    sink.section = sections.of(stream);
    try {
      return super.decodeHeaders(stream, block);
    } catch (Http2Exception.HeaderListSizeException e) {
      sink.section.isTooLarge(); // the table is right, so only this stream has to end
      return sink;
    }
  }

  @Override
  protected Http2Headers newHeaders() {
    return sink;
  }

  private static final class Sink extends DefaultHttp2Headers {
    @SuppressWarnings("NullAway.Init") // decodeHeaders() sets it, before the first field
    private Section section;

    private Sink() {
      super(false, 2);
    }

    /**
     * Keeps Netty from comparing the values of Content-Length, which {@link RequestSection} does.
     */
    @Override
    public List<CharSequence> getAll(CharSequence name) {
      return List.of();
    }

    @Override
    public Http2Headers add(CharSequence name, CharSequence value) {
      section.field((AsciiString) name, (AsciiString) value);
      return this;
    }
  }
}
