// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.test;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.net.AddressSet;

/**
 * A request for routes under test, head only: {@code
 * get("/_matrix/client/v3/sync?since=s1").token("@alice:example.org")}.
 *
 * <p>It comes from 127.0.0.1 if nothing else is said, which is a private client. Confined to one
 * thread.
 */
public final class RequestBuilder {
  private static final String REST_OF_TOKEN = "_abcdefghijklmnopqrst_0ABCde";

  private final StringBuilder head = new StringBuilder();
  private String address = "127.0.0.1";

  private RequestBuilder(String method, String target) {
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    header("Host", "example.org");
  }

  /** A request with whatever method; the target goes as it is written, with its query. */
  public static RequestBuilder of(String method, String target) {
    return new RequestBuilder(method, target);
  }

  public static RequestBuilder get(String target) {
    return of("GET", target);
  }

  public static RequestBuilder post(String target) {
    return of("POST", target);
  }

  public static RequestBuilder put(String target) {
    return of("PUT", target);
  }

  public static RequestBuilder delete(String target) {
    return of("DELETE", target);
  }

  /** Adds a field line. */
  public RequestBuilder header(String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
    return this;
  }

  /**
   * Sends a token: one such as Synapse gives to this user, if it is a user's id, or the text
   * itself.
   */
  public RequestBuilder token(String userOrToken) {
    String token =
        userOrToken.startsWith("@") ? "syt_" + localpart(userOrToken) + REST_OF_TOKEN : userOrToken;
    return header("Authorization", "Bearer " + token);
  }

  /** Signs as this server, as other homeservers do. */
  public RequestBuilder server(String name) {
    return header(
        "Authorization", "X-Matrix origin=\"" + name + "\",key=\"ed25519:1\",sig=\"c2ln\"");
  }

  /** Says which IP address it comes from. */
  public RequestBuilder from(String ip) {
    address = ip;
    return this;
  }

  /** The localpart of a user's id as Synapse's tokens carry it. */
  static String localpart(String userId) {
    String localpart = userId.substring(1).replaceFirst(":.*", "");
    return Base64.getEncoder()
        .withoutPadding()
        .encodeToString(localpart.getBytes(StandardCharsets.UTF_8));
  }

  RequestHead head() {
    try {
      return RequestHead.of(head + "\r\n");
    } catch (HttpException e) {
      throw new IllegalArgumentException("the gateway would not let this request in: " + head, e);
    }
  }

  InetAddress address() {
    return AddressSet.numeric(address);
  }

  @Override
  public String toString() {
    return head.substring(0, head.indexOf(" HTTP/1.1"));
  }
}
