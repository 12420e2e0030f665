// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.AccessToken;
import org.synapsegateway.identity.QueryArguments;
import org.synapsegateway.identity.SytToken;
import org.synapsegateway.identity.TokenHash;

/**
 * Reads the user of a token from a worker's reply, on its way to the client.
 *
 * <p>The reply to a login or a registration names the new token and its user (Matrix client-server
 * API, {@code POST /login} and {@code POST /register}). The reply to whoami names the user of the
 * request's token, unless an application service acts for another ({@code user_id=}). Confined to
 * one event loop.
 */
public final class ReplyUserReader {
  /** The maximum length of a reply that is read, as sent and as decoded; Synapse's are shorter. */
  public static final int MAX_BYTES = 8 * 1024;

  private static final String CLIENT_API = "/_matrix/client/(api/v1|r0|v3|unstable)";
  private static final Pattern LOGIN = Pattern.compile(CLIENT_API + "/(login|register)");
  private static final Pattern WHOAMI = Pattern.compile(CLIENT_API + "/account/whoami");

  private final UserDirectory pupil;
  private final @Nullable TokenHash asked;
  private final @Nullable String coding;

  private ReplyUserReader(UserDirectory pupil, @Nullable TokenHash asked, @Nullable String coding) {
    this.pupil = pupil;
    this.asked = asked;
    this.coding = coding;
  }

  /**
   * Reads a reply with status 200; null if it names no user.
   *
   * @param coding the reply's content coding, or null
   */
  static @Nullable ReplyUserReader of(
      UserDirectory pupil, RequestHead head, @Nullable String coding) {
    if (!ContentCoding.isKnown(coding)) {
      return null;
    }
    if (endsWith(head, 'i') && head.method().equals("GET")) {
      return ofWhoAmI(pupil, head, coding);
    }
    boolean mayBeLogin = endsWith(head, 'n') || endsWith(head, 'r');
    return mayBeLogin && head.method().equals("POST") && LOGIN.matcher(head.path()).matches()
        ? new ReplyUserReader(pupil, null, coding)
        : null;
  }

  private static @Nullable ReplyUserReader ofWhoAmI(
      UserDirectory pupil, RequestHead head, @Nullable String coding) {
    boolean acts = !QueryArguments.first(head, "user_id").isEmpty();
    if (acts || !WHOAMI.matcher(head.path()).matches()) {
      return null;
    }
    AccessToken token = AccessToken.of(head);
    boolean teaches = token.kind() != AccessToken.Kind.NONE && token.kind() != AccessToken.Kind.SYT;
    return teaches ? new ReplyUserReader(pupil, pupil.hash(token.text()), coding) : null;
  }

  /** A quick check, so that nearly all requests need no pattern. */
  private static boolean endsWith(RequestHead head, char last) {
    return head.pathEnd() > head.pathStart() && head.bytes()[head.pathEnd() - 1] == last;
  }

  /** Takes the whole body of the reply. */
  public void learn(byte[] body) {
    WhoAmIReply reply = WhoAmIReply.of(ContentCoding.decoded(body, coding, MAX_BYTES));
    if (asked != null) {
      pupil.learn(asked, reply.user());
    } else if (!reply.token().isEmpty() && SytToken.localpart(reply.token()).isEmpty()) {
      pupil.learn(pupil.hash(reply.token()), reply.user());
    }
  }
}
