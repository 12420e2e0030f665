// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.RuntimeCamelException;
import org.synapsegateway.http.Forwarded;
import org.synapsegateway.http.HeadWriter;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.NoBody;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.http.RouteFields;
import org.synapsegateway.net.Loop;
import org.synapsegateway.request.Request;

/**
 * Makes a request of the headers of a message, for a route that has a consumer of its own, such as
 * a timer or a listener on another port.
 */
final class OwnRequest {
  private static final String PEER = "CamelNettyRemoteAddress";

  private OwnRequest() {}

  /**
   * @throws IllegalStateException if no header says what to ask for
   */
  static Request of(Exchange exchange) {
    Message message = exchange.getMessage();
    String uri = message.getHeader(Exchange.HTTP_URI, "", String.class);
    String path = message.getHeader(Exchange.HTTP_PATH, "", String.class);
    String target = path.isEmpty() ? uri : path;
    if (target.isEmpty()) {
      throw new IllegalStateException(
          "there is no request: this exchange has not come in by the front door, or a step has put a"
              + " message without headers in the place of its own; say what to ask a worker for with"
              + " the headers CamelHttpMethod and CamelHttpPath");
    }
    String query = message.getHeader(Exchange.HTTP_QUERY, "", String.class);
    String method =
        message.getHeader(
            Exchange.HTTP_METHOD, message.getBody() == null ? "GET" : "POST", String.class);
    try {
      RequestHead head =
          RequestHead.of("GET / HTTP/1.1\r\n" + fields(exchange) + "\r\n")
              .withTarget(method, query.isEmpty() ? target : target + "?" + query);
      return new Request(
              head, Forwarded.peer(peer(message)), loop(exchange), NoBody.INSTANCE, interim -> {})
          .own();
    } catch (HttpException e) {
      throw new RuntimeCamelException(e);
    }
  }

  private static String fields(Exchange exchange) {
    Map<String, Object> headers = FieldText.of(exchange, exchange.getMessage().getHeaders());
    String host = HeadWriter.hostOf(headers);
    ByteBuf fields = Unpooled.buffer();
    RouteFields.write(fields, headers);
    return "Host: "
        + (host == null ? "localhost" : host)
        + "\r\n"
        + fields.toString(StandardCharsets.ISO_8859_1);
  }

  private static InetSocketAddress peer(Message message) {
    return message.getHeader(PEER) instanceof InetSocketAddress peer
        ? peer
        : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static Loop loop(Exchange exchange) {
    if (Loop.current() != null) {
      return Loop.current();
    }
    List<Loop> loops =
        SharedServices.of(exchange.getContext())
            .get(SharedServices.EventLoops.class, () -> List::of)
            .get();
    if (loops.isEmpty()) {
      throw new IllegalStateException("the event loops do not run yet");
    }
    return loops.get(Math.floorMod(exchange.hashCode(), loops.size()));
  }
}
