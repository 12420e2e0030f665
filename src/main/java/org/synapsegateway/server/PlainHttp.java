// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import org.synapsegateway.http.Failure;
import org.synapsegateway.http.GivenBody;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.FailureReply;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;
import org.synapsegateway.settings.Listener;

/**
 * What a listener for plain HTTP answers itself before any route: the challenges of an ACME client,
 * and, if it is to redirect, that all is at https now. Confined to one event loop.
 */
final class PlainHttp {
  private static final byte[] NOTHING = {};

  private PlainHttp() {}

  /** Answers the request if it is not for the routes; whether it has. */
  static boolean answers(
      Listener listener, FrontRoute frontRoute, HttpStream stream, Request request) {
    AcmeChallenges challenges = frontRoute.challenges();
    if (listener.https() || challenges == null && !listener.redirect()) {
      return false;
    }
    String path = request.head().path();
    if (challenges != null && path.startsWith(AcmeChallenges.PREFIX)) {
      challenge(challenges, path, stream, request);
      return true;
    }
    if (!listener.redirect() || isWellKnown(path)) {
      return false;
    }
    redirect(stream, request.head());
    return true;
  }

  /** A client looks there first, and may follow no redirect. */
  private static boolean isWellKnown(String path) {
    return switch (path) {
      case "/.well-known/matrix/client",
          "/.well-known/matrix/server",
          "/.well-known/matrix/support" ->
          true;
      default -> false;
    };
  }

  // ---- redirects

  private static void redirect(HttpStream stream, RequestHead head) {
    if (FailureReply.isPreflight(head)) {
      // a browser follows no redirect of this question, but one of the request after it
      reply(stream, head, 204, FailureReply.cors(), NOTHING);
      return;
    }
    String host = secureHost(head.authority());
    if (host.isEmpty()) {
      stream.fail(Failure.BAD_REQUEST); // HTTP/1.0 may say no host, and then there is no way
      return;
    }
    String target = head.originForm();
    String lines =
        "Location: https://" + host + (target.startsWith("/") ? "" : "/") + target + "\r\n";
    // a browser shows a redirect to no script unless it says so
    reply(stream, head, 308, lines + FailureReply.cors(), NOTHING);
  }

  /** The host without its port, which is that of plain HTTP; but 8448 is the same for both. */
  private static String secureHost(String authority) {
    int bracket = authority.indexOf(']');
    int colon = authority.indexOf(':', Math.max(bracket, 0));
    String host = colon < 0 ? authority : authority.substring(0, colon);
    return authority.endsWith(":8448") ? host + ":8448" : host;
  }

  // ---- ACME

  private static void challenge(
      AcmeChallenges challenges, String path, HttpStream stream, Request request) {
    String method = request.head().method();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      stream.fail(Failure.METHOD_NOT_ALLOWED);
      return;
    }
    String token = path.substring(AcmeChallenges.PREFIX.length());
    boolean reads =
        challenges.read(
            token,
            answer -> request.loop().eventLoop().execute(() -> answered(stream, request, answer)));
    if (!reads) {
      stream.fail(Failure.OVERLOADED);
    }
  }

  private static void answered(HttpStream stream, Request request, byte[] answer) {
    if (!stream.isWaiting(request)) {
      return;
    }
    if (answer == null) {
      stream.fail(Failure.NOT_FOUND);
    } else {
      reply(stream, request.head(), 200, "Content-Type: text/plain\r\n", answer);
    }
  }

  private static void reply(
      HttpStream stream, RequestHead asked, int status, String lines, byte[] body) {
    try {
      ReplyHead head =
          ReplyHead.of(
              ReplyHead.statusLine(status)
                  + lines
                  + ReplyHead.framing(status, body.length)
                  + "\r\n",
              asked.method());
      stream.reply(new Reply(head, new GivenBody(head.isBodiless() ? NOTHING : body), null), null);
    } catch (HttpException e) {
      throw new IllegalStateException(e); // each line is of the gateway's own or has been checked
    }
  }
}
