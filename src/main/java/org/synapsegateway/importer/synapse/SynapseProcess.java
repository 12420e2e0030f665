// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A process of Synapse.
 *
 * @param name what streams call it; the main process is {@code master}
 * @param app the old kind of worker that it is, for example {@code synchrotron}; empty for a
 *     generic one and for the main process
 * @param mediaRepository whether it may serve media
 */
public record SynapseProcess(
    String name, String app, Place place, List<Listener> listeners, boolean mediaRepository) {
  /** What streams call the main process. */
  public static final String MAIN = "master";

  public boolean isMain() {
    return name.equals(MAIN);
  }

  /** The listener for these requests, a socket rather than a port; nothing if none has them. */
  public Optional<Listener> listener(Need need) {
    return listeners.stream()
        .filter(listener -> serves(listener, need))
        .min(
            Comparator.comparing((Listener listener) -> !listener.isReachable())
                .thenComparing(listener -> listener.path() == null));
  }

  private boolean serves(Listener listener, Need need) {
    return switch (need) {
      case CLIENT -> listener.resources().contains("client");
      case FEDERATION -> listener.resources().contains("federation");
      case MEDIA -> mediaRepository && listener.resources().contains("media");
    };
  }

  /** Whether anybody outside of Synapse may ask it for anything. */
  public boolean isAsked() {
    return listener(Need.CLIENT).isPresent()
        || listener(Need.FEDERATION).isPresent()
        || listener(Need.MEDIA).isPresent();
  }

  /** For example {@code worker "client1" (client, federation)}. */
  public String described() {
    TreeSet<String> resources = new TreeSet<>();
    listeners.forEach(listener -> resources.addAll(listener.resources()));
    return "worker \"" + name + "\" (" + String.join(", ", resources) + ")";
  }
}
