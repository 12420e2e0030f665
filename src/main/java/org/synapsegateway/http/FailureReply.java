package org.synapsegateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;

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

  private static final String CORS =
      String.join(
          "\r\n",
          "Access-Control-Allow-Origin: *",
          "Access-Control-Allow-Methods: GET, HEAD, POST, PUT, DELETE, OPTIONS",
          "Access-Control-Allow-Headers: X-Requested-With, Content-Type, Authorization, Date",
          "Access-Control-Expose-Headers: Synapse-Trace-Id, Server",
          "");

  private FailureReply() {}

  /**
   * Writes the whole reply.
   *
   * @param headOnly whether the request was a HEAD
   */
  public static void write(
      ByteBuf out, Failure failure, boolean headOnly, HeadWriter.Connection connection) {
    String body = body(failure);
    ByteBufUtil.writeAscii(out, "HTTP/1.1 " + failure.status() + " " + reason(failure) + "\r\n");
    ByteBufUtil.writeAscii(out, "Content-Type: application/json\r\n");
    ByteBufUtil.writeAscii(out, "Content-Length: " + body.length() + "\r\n");
    ByteBufUtil.writeAscii(out, CORS);
    if (failure == Failure.TOO_MANY_REQUESTS) {
      ByteBufUtil.writeAscii(out, "Retry-After: " + RETRY_AFTER_MILLIS / 1000 + "\r\n");
    }
    HeadWriter.connection(out, connection);
    HeadWriter.crlf(out);
    if (!headOnly) {
      ByteBufUtil.writeAscii(out, body);
    }
  }

  private static String body(Failure failure) {
    String retry =
        failure == Failure.TOO_MANY_REQUESTS ? ",\"retry_after_ms\":" + RETRY_AFTER_MILLIS : "";
    return "{\"errcode\":\""
        + failure.errcode()
        + "\",\"error\":\""
        + failure.error()
        + "\""
        + retry
        + "}";
  }

  private static String reason(Failure failure) {
    return HttpResponseStatus.valueOf(failure.status()).reasonPhrase();
  }
}
