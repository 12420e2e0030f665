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
 * What a worker's reply teaches that passes by on its way to the client: whose a token is.
 *
 * <p>The reply to a login or a registration names the new token and its user (Matrix client-server
 * API, {@code POST /login} and {@code POST /register}). The reply to whoami names the user of the
 * request's token, unless an application service acts for another ({@code user_id=}). Confined to
 * one event loop.
 */
public final class Lesson {
  /** What is read of a reply at most, as it is sent and as it is decoded; Synapse sends less. */
  public static final int LONGEST = 8 * 1024;

  private static final String CLIENT_API = "/_matrix/client/(api/v1|r0|v3|unstable)";
  private static final Pattern LOGIN = Pattern.compile(CLIENT_API + "/(login|register)");
  private static final Pattern WHOAMI = Pattern.compile(CLIENT_API + "/account/whoami");

  private final UserDirectory pupil;
  private final @Nullable TokenHash asked;
  private final @Nullable String coding;

  private Lesson(UserDirectory pupil, @Nullable TokenHash asked, @Nullable String coding) {
    this.pupil = pupil;
    this.asked = asked;
    this.coding = coding;
  }

  /**
   * The lesson in a reply with status 200; null if there is none.
   *
   * @param coding the reply's content coding, or null
   */
  static @Nullable Lesson of(UserDirectory pupil, RequestHead head, @Nullable String coding) {
    if (!ContentCoding.isKnown(coding)) {
      return null;
    }
    if (endsWith(head, 'i') && head.method().equals("GET")) {
      return ofWhoAmI(pupil, head, coding);
    }
    boolean mayBeLogin = endsWith(head, 'n') || endsWith(head, 'r');
    return mayBeLogin && head.method().equals("POST") && LOGIN.matcher(head.path()).matches()
        ? new Lesson(pupil, null, coding)
        : null;
  }

  private static @Nullable Lesson ofWhoAmI(
      UserDirectory pupil, RequestHead head, @Nullable String coding) {
    boolean acts = !QueryArguments.first(head, "user_id").isEmpty();
    if (acts || !WHOAMI.matcher(head.path()).matches()) {
      return null;
    }
    AccessToken token = AccessToken.of(head);
    boolean teaches = token.kind() != AccessToken.Kind.NONE && token.kind() != AccessToken.Kind.SYT;
    return teaches ? new Lesson(pupil, pupil.hash(token.text()), coding) : null;
  }

  /** Spares nearly all requests the pattern. */
  private static boolean endsWith(RequestHead head, char last) {
    return head.pathEnd() > head.pathStart() && head.bytes()[head.pathEnd() - 1] == last;
  }

  /** Takes the whole body of the reply. */
  public void learn(byte[] body) {
    WhoAmIReply reply = WhoAmIReply.of(ContentCoding.decoded(body, coding, LONGEST));
    if (asked != null) {
      pupil.learn(asked, reply.user());
    } else if (!reply.token().isEmpty() && SytToken.localpart(reply.token()).isEmpty()) {
      pupil.learn(pupil.hash(reply.token()), reply.user());
    }
  }
}
