// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;
import org.synapsegateway.whoami.ReplyUserReader;

/**
 * A reply's body that passes by unchanged and unhindered, and of which a copy is read when it has
 * come whole and is no longer than {@link ReplyUserReader#MAX_BYTES}. Confined to one event loop.
 */
final class Overheard implements BodySource, BodySink {
  private final BodySource body;
  private final ReplyUserReader lesson;
  private @Nullable ByteArrayOutputStream copy = new ByteArrayOutputStream();

  @SuppressWarnings("NullAway.Init") // start() sets it, before anything comes
  private BodySink sink;

  Overheard(BodySource body, ReplyUserReader lesson) {
    this.body = body;
    this.lesson = lesson;
  }

  @Override
  public void start(BodySink sink) {
    this.sink = sink;
    body.start(this);
  }

  @Override
  public void pause() {
    body.pause();
  }

  @Override
  public void resume() {
    body.resume();
  }

  @Override
  public void cancel() {
    body.cancel();
  }

  @Override
  public void data(ByteBuf bytes) {
    if (copy != null && copy.size() + bytes.readableBytes() <= ReplyUserReader.MAX_BYTES) {
      copy.writeBytes(ByteBufUtil.getBytes(bytes));
    } else {
      copy = null;
    }
    sink.data(bytes);
  }

  @Override
  public void pausing() {
    sink.pausing();
  }

  @Override
  public void end(@Nullable String trailers) {
    // before the client can use its new token
    if (copy != null) {
      lesson.learn(copy.toByteArray());
    }
    sink.end(trailers);
  }

  @Override
  public void abort(Failure failure) {
    sink.abort(failure);
  }
}
