// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.management;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Guards changes through the management port: a request must carry the token of a file, as {@code
 * Authorization: Bearer} (RFC 6750 section 2.1). A browser sends that field for no page of another
 * site. Immutable.
 */
public final class Guard {
  private static final String SCHEME = "Bearer ";

  /** What is asked for (RFC 6750 section 3), and what is wrong with what was given. */
  private static final String CHALLENGE = "Bearer realm=\"synapse-gateway management\"";

  private static final String INVALID = CHALLENGE + ", error=\"invalid_token\"";

  /** Null if no request is admitted. */
  private final byte @Nullable [] token;

  private final String missing;
  private final String wrong;

  private Guard(byte @Nullable [] token, String missing, String wrong) {
    this.token = token;
    this.missing = missing;
    this.wrong = wrong;
  }

  /**
   * Admits requests with a token.
   *
   * @param place the file that holds it, for the message to others
   */
  public static Guard of(String token, String place) {
    return new Guard(
        token.getBytes(StandardCharsets.UTF_8),
        "this needs the management token: it is in %s; send it as Authorization: Bearer"
            .formatted(place),
        "this is not the management token; it is in " + place);
  }

  /** Admits no request, for a reason. */
  public static Guard closed(String reason) {
    String told = "nobody may do this: " + reason;
    return new Guard(null, told, told);
  }

  /**
   * What a request gets that is not admitted.
   *
   * @param challenge the value of WWW-Authenticate
   */
  record Refusal(Answer answer, String challenge) {}

  /**
   * What is wrong with the Authorization fields of a request; null if they admit it. Takes the same
   * time for each wrong token.
   */
  @Nullable Refusal refusal(List<String> authorization) {
    String given = authorization.size() == 1 ? authorization.get(0) : "";
    if (!given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return new Refusal(Answer.error(401, missing), CHALLENGE);
    }
    byte[] bytes = given.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
    return token != null && MessageDigest.isEqual(token, bytes)
        ? null
        : new Refusal(Answer.error(401, wrong), INVALID);
  }
}
