// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.synapsegateway.importer.synapse.Need;

/** A group of workers in the shipped routes, and what its workers need. */
public enum RouteGroup {
  NORMAL_SYNC("normal-sync", "sync", Need.CLIENT),
  INITIAL_SYNC("initial-sync", "sync", Need.CLIENT),
  NORMAL_SLIDING_SYNC("normal-sliding-sync", "sliding-sync", Need.CLIENT),
  INITIAL_SLIDING_SYNC("initial-sliding-sync", "sliding-sync", Need.CLIENT),
  EVENT_CREATOR("event-creator", Need.CLIENT),
  PAGINATION("pagination", Need.CLIENT),
  TYPING("typing", Need.CLIENT),
  RECEIPTS("receipts", Need.CLIENT),
  TO_DEVICE("to-device", Need.CLIENT),
  ACCOUNT_DATA("account-data", Need.CLIENT),
  PRESENCE("presence", Need.CLIENT),
  PUSH_RULES("push-rules", Need.CLIENT),
  DEVICE_LISTS("device-lists", Need.CLIENT),
  THREAD_SUBSCRIPTIONS("thread-subscriptions", Need.CLIENT),
  DELAYED_EVENTS("delayed-events", Need.CLIENT),
  ENCRYPTION("encryption", Need.CLIENT),
  LOGIN("login", Need.CLIENT),
  SSO("sso", Need.CLIENT),
  USER_DIR("user-dir", Need.CLIENT),
  CLIENT_READER("client-reader", Need.CLIENT),
  MEDIA("media", Need.MEDIA),
  QUARANTINED_MEDIA("quarantined-media", Need.MEDIA),
  FEDERATION_INBOUND("federation-inbound", Need.FEDERATION),
  FEDERATION_READER("federation-reader", Need.FEDERATION),
  MAS_HELPER("mas-helper", Need.CLIENT);

  /** Groups for which those of the client reader stand in rather than the main process. */
  static final List<RouteGroup> READS =
      List.of(LOGIN, ENCRYPTION, PAGINATION, USER_DIR, DELAYED_EVENTS);

  /** Groups whose requests wait for their workers, as nobody else can or should serve them. */
  private static final List<RouteGroup> HELD =
      List.of(
          TYPING,
          TO_DEVICE,
          ACCOUNT_DATA,
          PRESENCE,
          PUSH_RULES,
          RECEIPTS,
          DEVICE_LISTS,
          THREAD_SUBSCRIPTIONS,
          SSO,
          MEDIA,
          QUARANTINED_MEDIA);

  private final String id;
  private final String file;
  private final Need need;

  RouteGroup(String id, Need need) {
    this(id, id, need);
  }

  RouteGroup(String id, String file, Need need) {
    this.id = id;
    this.file = file;
    this.need = need;
  }

  /** The id of the group's route, which is from {@code direct:} and the same. */
  public String id() {
    return id;
  }

  /** The name of its file, without {@code .camel.yaml}. */
  String file() {
    return file;
  }

  public Need need() {
    return need;
  }

  static Optional<RouteGroup> of(String id) {
    return Arrays.stream(values()).filter(group -> group.id.equals(id)).findFirst();
  }

  /** The stream whose writers are the group's workers; nothing if the admin chooses them. */
  public Optional<String> stream() {
    return switch (this) {
      case TYPING,
          RECEIPTS,
          TO_DEVICE,
          ACCOUNT_DATA,
          PRESENCE,
          PUSH_RULES,
          DEVICE_LISTS,
          THREAD_SUBSCRIPTIONS ->
          Optional.of(id.replace('-', '_'));
      case QUARANTINED_MEDIA -> Optional.of("quarantined_media_changes");
      default -> Optional.empty();
    };
  }

  /** Whether the site's configuration alone says who the workers are. */
  public boolean isFact() {
    return stream().isPresent() || this == MEDIA;
  }

  /**
   * What stands behind the URI of each worker.
   *
   * @param workers how many there are
   * @param bodyMax largest upload
   */
  String options(int workers, String bodyMax) {
    StringBuilder options = new StringBuilder("?");
    if (HELD.contains(this) || this == FEDERATION_INBOUND && workers == 1) {
      options.append("hold=10s&");
    }
    if (this == INITIAL_SYNC || this == INITIAL_SLIDING_SYNC) {
      options.append("replyTimeout=15m&");
    }
    if (this == MEDIA) {
      options.append("bodyMax=").append(bodyMax).append('&');
    }
    options.append("headMax=16KiB");
    return this == FEDERATION_INBOUND ? options + "&replayMax=12800KiB" : options.toString();
  }
}
