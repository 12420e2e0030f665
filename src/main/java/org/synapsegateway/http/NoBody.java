// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

/** The body of a message that has none. Safe for any thread. */
public enum NoBody implements BodySource {
  INSTANCE;

  @Override
  public void start(BodySink sink) {
    sink.end(null);
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
  public void cancel() {
    // nothing comes
  }
}
