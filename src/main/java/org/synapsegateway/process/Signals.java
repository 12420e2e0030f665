// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.synapsegateway.fault.Reason;

/**
 * The signals of a running server, as of nginx: SIGHUP reloads its files, SIGUSR1 reopens its log.
 *
 * <p>By reflection, because the compiler warns of sun.misc.Signal, the one way to it, which the
 * module jdk.unsupported exports. Where the process was started with SIGHUP ignored, by {@code
 * nohup} for instance, it stays so.
 */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /** Runs an action at each SIGHUP, on a thread of Java's. */
  static void hangUp(Runnable action) {
    handle("HUP", action, "reload");
  }

  /** Runs an action at each SIGUSR1, on a thread of Java's. */
  static void user1(Runnable action) {
    handle("USR1", action, "open the access log again");
  }

  /**
   * @param does what the signal does, for people
   */
  private static void handle(String name, Runnable action, String does) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object handling =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> handled(action));
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), handling);
    } catch (InvocationTargetException e) {
      LOG.warn(
          "SIG{} does not {} here: {}", name, does, Reason.of(e.getTargetException())); // java -Xrs
    } catch (ReflectiveOperationException e) {
      LOG.warn("SIG{} does not {} here: this Java has no {}", name, does, e.getMessage());
    }
  }

  private static @Nullable Object handled(Runnable action) {
    action.run();
    return null;
  }
}
