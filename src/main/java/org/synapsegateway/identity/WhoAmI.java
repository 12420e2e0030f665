package org.synapsegateway.identity;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Asks Synapse whose token it is: {@code GET /_matrix/client/v3/account/whoami}. */
@FunctionalInterface
public interface WhoAmI {
  /**
   * Asks one worker, without blocking; throws nothing.
   *
   * @param token visible ASCII, as it goes behind {@code Authorization: Bearer}; a secret
   * @param loop the event loop of the request that asks first, on whose thread this is called
   * @param answer takes the body of a reply with status 200, and null for whatever else comes of
   *     it; to be called once, from any thread
   */
  void ask(Slice token, Executor loop, Consumer<byte[]> answer);
}
