// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.BodySink;
import org.synapsegateway.http.BodySource;
import org.synapsegateway.http.Failure;

/**
 * Forwards bytes from a client to a worker that has switched protocols: unchanged, at the pace of
 * the worker, until one of the two ends. Confined to one event loop.
 */
final class Tunnel implements BodySink {
  private final WorkerCall call;
  private final WorkerConnection connection;

  Tunnel(WorkerCall call, WorkerConnection connection, BodySource client) {
    this.call = call;
    this.connection = connection;
    connection.writer().tunnel(client);
  }

  @Override
  public void data(ByteBuf bytes) {
    if (connection.carries(call)) {
      connection.awaitMore(); // bytes from either side keep the connection alive
      connection.writer().data(bytes);
    } else {
      bytes.release();
    }
  }

  @Override
  public void pausing() {
    connection.writer().flush();
  }

  @Override
  public void end(@Nullable String trailers) {
    call.cancel();
  }

  @Override
  public void abort(Failure failure) {
    call.cancel();
  }
}
