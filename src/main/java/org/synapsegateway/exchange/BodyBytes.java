// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.StreamCache;

/** The bytes of a body that a step has put into a message. */
public final class BodyBytes {
  private static final byte[] NOTHING = {};

  private BodyBytes() {}

  /**
   * The bytes of the body of an exchange's message; none if it is null.
   *
   * @throws InvalidPayloadException if the body is of a type that has no bytes, such as a map
   */
  public static byte[] of(Exchange exchange) throws InvalidPayloadException {
    Message message = exchange.getMessage();
    Object body = message.getBody();
    if (body == null) {
      return NOTHING;
    }
    if (body instanceof Number || body instanceof Boolean || body instanceof Enum<?>) {
      return body.toString().getBytes(StandardCharsets.UTF_8); // Camel has no converter for it
    }
    byte[] bytes = message.getMandatoryBody(byte[].class);
    if (body instanceof StreamCache cache) {
      cache.reset();
    }
    return bytes;
  }
}
