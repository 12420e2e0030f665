package org.synapsegateway.process;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, which asks a server to read its files again, as it does nginx and HAProxy.
 *
 * <p>By reflection, because the compiler warns of sun.misc.Signal, the one way to it, which the
 * module jdk.unsupported exports. Where the process was started with SIGHUP ignored, by {@code
 * nohup} for instance, it stays so.
 */
final class HangUp {
  private static final Logger LOG = LoggerFactory.getLogger(HangUp.class);

  private HangUp() {}

  /** Runs an action at each SIGHUP, on a thread of Java's. */
  static void run(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      MethodHandle run =
          MethodHandles.lookup().bind(action, "run", MethodType.methodType(void.class));
      Object handling =
          MethodHandleProxies.asInterfaceInstance(
              handler, MethodHandles.dropArguments(run, 0, signal));
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), handling);
    } catch (InvocationTargetException e) {
      LOG.warn("SIGHUP does not reload here: {}", e.getCause().getMessage()); // java -Xrs
    } catch (ReflectiveOperationException e) {
      LOG.warn("SIGHUP does not reload here: this Java has no {}", e.getMessage());
    }
  }
}
