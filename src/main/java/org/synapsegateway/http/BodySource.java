// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

/**
 * Where a body comes from, as the side that takes it sees it. Confined to one event loop.
 *
 * <p>Nothing is delivered before {@link #start}; after it, the source calls the sink as bytes
 * arrive.
 */
public interface BodySource {
  /** Whether a start would deliver the body from its first byte on. */
  default boolean canStart() {
    return true;
  }

  /** Begins to deliver the body to {@code sink}; called once, also where the body is empty. */
  void start(BodySink sink);

  /** Asks for no more bytes until {@link #resume}; what has been read already may still come. */
  void pause();

  /** Takes {@link #pause} back. */
  void resume();

  /** Detaches the sink: nothing more is delivered, and the source ends in its own way. */
  void cancel();

  /** Whether bytes wait after the whole body, because its sender pipelines. */
  default boolean isFollowed() {
    return false;
  }
}
