// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import java.util.function.Consumer;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;

/** The body of a request that has none: it can be started any number of times. */
final class EmptyBody extends RequestBody {
  private static final byte[] NOTHING = {};

  private final BodySource source;

  /**
   * @param source knows what the client has pipelined
   */
  EmptyBody(BodySource source) {
    this.source = source;
  }

  @Override
  public boolean isFollowed() {
    return source.isFollowed();
  }

  @Override
  public void start(BodySink sink) {
    sink.end(null);
  }

  @Override
  void share(ReplayBudget memory, Consumer<byte[]> taker) {
    taker.accept(NOTHING);
  }

  @Override
  boolean is(byte[] bytes) {
    return false;
  }

  @Override
  boolean isTaken() {
    return false;
  }

  @Override
  public void keep(ReplayBudget from) {
    // there is nothing to keep
  }

  @Override
  boolean lacksMemory() {
    return false;
  }

  @Override
  boolean isUnread() {
    return false;
  }

  @Override
  void pull() {
    // nothing comes
  }

  @Override
  public void pause() {
    // nothing comes
  }

  @Override
  public void resume() {
    // nothing comes
  }

  @Override
  public void detach() {
    // the sink has heard the end
  }

  @Override
  public void forget() {
    // nothing is kept
  }

  @Override
  public void drop() {
    // nothing is kept
  }

  @Override
  public void cancel() {
    // nothing comes
  }
}
