// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.wire;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;

/** A whole message as it was on the wire. */
public record RawMessage(RawHead head, RawBody body) {
  /** Reads a request, which must be clean HTTP and come whole. */
  public static RawMessage readRequest(Wire wire) throws IOException {
    RawHead head = RawHead.read(wire);
    head.checkRequest();
    return whole(head, RawBody.ofRequest(wire, head));
  }

  /** Reads the reply to a request with this method, which must be clean HTTP and come whole. */
  public static RawMessage readReply(Wire wire, String method) throws IOException {
    RawHead head = RawHead.read(wire);
    head.checkReply();
    return whole(head, RawBody.ofReply(wire, head, method));
  }

  private static RawMessage whole(RawHead head, RawBody body) throws EOFException {
    if (!body.isWhole()) {
      throw new EOFException(
          "\""
              + head.line()
              + "\" broke off in its body after \""
              + Text.show(body.framed())
              + "\"");
    }
    return new RawMessage(head, body);
  }

  /** The start line. */
  public String line() {
    return head.line();
  }

  /** The method of a request. */
  public String method() {
    return head.method();
  }

  /** The target of a request, in its bytes. */
  public String target() {
    return head.target();
  }

  /** The status of a reply. */
  public int status() {
    return head.status();
  }

  /** The value of a field that must be there once or not at all; null if it is not. */
  public String value(String name) {
    List<String> values = head.values(name);
    if (values.size() > 1) {
      throw new AssertionError(name + " came " + values.size() + " times: " + values);
    }
    return values.isEmpty() ? null : values.get(0);
  }

  /** All values of a field, in their order. */
  public List<String> values(String name) {
    return head.values(name);
  }

  /** The bytes that the body carries. */
  public String content() {
    return body.content();
  }

  /** Every byte of the message. */
  public String bytes() {
    return head.text() + body.framed();
  }

  @Override
  public String toString() {
    return Text.show(bytes());
  }
}
