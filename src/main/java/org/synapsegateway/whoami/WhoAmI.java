// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.Slice;

/** Asks Synapse whose token it is: {@code GET /_matrix/client/v3/account/whoami}. */
@FunctionalInterface
public interface WhoAmI {
  /**
   * Asks Synapse, without blocking; throws nothing.
   *
   * @param loop the event loop of the request that asks first, on whose thread this is called
   * @param answer takes the body of a reply with status 200, and null for any other outcome; called
   *     once, from any thread
   */
  void ask(Question question, Executor loop, Consumer<byte @Nullable []> answer);

  /**
   * Whose token, and for which request. Synapse records the address and the agent of every request
   * with a token (synapse/api/auth/base.py, {@code _record_request}); it records those of the
   * client's own request anyway.
   *
   * @param token visible ASCII, as after {@code Authorization: Bearer}; a secret
   * @param client the client of that request
   * @param agents the client's User-Agent lines, each with its CRLF, one char a byte; empty if it
   *     sends none
   */
  record Question(Slice token, Client client, String agents) {
    /** A question that outlives the request's head. */
    static Question of(Slice token, Client client, RequestHead head) {
      StringBuilder agents = new StringBuilder();
      for (int line = head.find("user-agent", 0);
          line >= 0;
          line = head.find("user-agent", line + 1)) {
        agents.append("User-Agent: ").append(head.value(line)).append("\r\n");
      }
      return new Question(Slice.of(token.toArray()), client, agents.toString());
    }

    @Override
    public String toString() {
      return "question of " + client;
    }
  }
}
