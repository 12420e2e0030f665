// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HeadWriter;
import org.synapsegateway.http.Line;
import org.synapsegateway.http.RequestHead;

/**
 * Writes the gateway's own answer to a request that failed: a Matrix error as JSON, with the CORS
 * fields that Synapse puts on every reply (synapse/http/server.py), without which a browser hides
 * the error from its client.
 */
public final class FailureReply {
  /**
   * When a client that was told to wait may ask again; Matrix has it in the body
   * (M_LIMIT_EXCEEDED).
   */
  private static final int RETRY_AFTER_MILLIS = 2_000;

  private static final int NO_CONTENT = 204;

  private static final String CORS =
      cors("X-Requested-With, Content-Type, Authorization, Date", "Synapse-Trace-Id, Server");

  private static final String RENDEZVOUS_CORS =
      cors("Content-Type, If-Match, If-None-Match", "Synapse-Trace-Id, Server, ETag");

  private FailureReply() {}

  /** The lines that Synapse puts on every reply, so that a browser shows it to a script. */
  public static String cors() {
    return CORS;
  }

  private static String cors(String allowed, String exposed) {
    return String.join(
        "\r\n",
        "Access-Control-Allow-Origin: *",
        "Access-Control-Allow-Methods: GET, HEAD, POST, PUT, DELETE, OPTIONS",
        "Access-Control-Allow-Headers: " + allowed,
        "Access-Control-Expose-Headers: " + exposed,
        "");
  }

  /**
   * The status of the reply. It is that of the failure, but 204 where a browser asks whether it may
   * ask (Fetch standard, CORS-preflight fetch) and no worker can say so: else it would not send the
   * request itself, whose error can be read.
   *
   * @param head the request's, as far as it was read
   */
  public static int status(Failure failure, RequestHead head) {
    boolean noWorkerTakesIt =
        switch (failure.status()) {
          case 429, 502, 503, 504 -> true;
          default -> false;
        };
    return noWorkerTakesIt && isPreflight(head) ? NO_CONTENT : failure.status();
  }

  /** Whether a browser asks whether it may ask (Fetch standard, CORS-preflight fetch). */
  public static boolean isPreflight(RequestHead head) {
    return "OPTIONS".equals(head.method())
        && head.find("origin", 0) >= 0
        && head.find("access-control-request-method", 0) >= 0
        && !"*".equals(head.path());
  }

  /**
   * Writes the whole reply.
   *
   * @param head the request's, as far as it was read
   * @param line a further line; null for none
   */
  public static void write(
      ByteBuf out,
      Failure failure,
      RequestHead head,
      HeadWriter.Connection connection,
      @Nullable Line line) {
    int status = status(failure, head);
    String body = status == NO_CONTENT ? null : body(failure);
    ByteBufUtil.writeAscii(out, "HTTP/1.1 " + status + " " + reason(status) + "\r\n");
    if (body != null) {
      ByteBufUtil.writeAscii(out, "Content-Type: application/json\r\n");
      ByteBufUtil.writeAscii(out, "Content-Length: " + body.length() + "\r\n");
    }
    ByteBufUtil.writeAscii(out, isRendezvous(head.path()) ? RENDEZVOUS_CORS : CORS);
    if (status == Failure.TOO_MANY_REQUESTS.status()) {
      ByteBufUtil.writeAscii(out, "Retry-After: " + RETRY_AFTER_MILLIS / 1000 + "\r\n");
    }
    HeadWriter.connection(out, connection);
    if (line != null) {
      line.write(out);
    }
    HeadWriter.crlf(out);
    if (body != null && !head.isHead()) {
      ByteBufUtil.writeAscii(out, body);
    }
  }

  /** The paths of set_cors_headers in synapse/http/server.py. */
  private static boolean isRendezvous(String path) {
    return path.equals("/_matrix/client/unstable/org.matrix.msc4108/rendezvous")
        || path.startsWith("/_synapse/client/rendezvous");
  }

  private static String body(Failure failure) {
    String retry =
        failure == Failure.TOO_MANY_REQUESTS ? ",\"retry_after_ms\":" + RETRY_AFTER_MILLIS : "";
    return "{\"errcode\":\""
        + ErrorCode.of(failure)
        + "\",\"error\":\""
        + failure.error()
        + "\""
        + retry
        + "}";
  }

  private static String reason(int status) {
    return HttpResponseStatus.valueOf(status).reasonPhrase();
  }
}
