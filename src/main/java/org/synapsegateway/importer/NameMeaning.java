// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer;

import static org.synapsegateway.importer.RouteGroup.CLIENT_READER;
import static org.synapsegateway.importer.RouteGroup.DELAYED_EVENTS;
import static org.synapsegateway.importer.RouteGroup.ENCRYPTION;
import static org.synapsegateway.importer.RouteGroup.EVENT_CREATOR;
import static org.synapsegateway.importer.RouteGroup.FEDERATION_INBOUND;
import static org.synapsegateway.importer.RouteGroup.FEDERATION_READER;
import static org.synapsegateway.importer.RouteGroup.INITIAL_SLIDING_SYNC;
import static org.synapsegateway.importer.RouteGroup.INITIAL_SYNC;
import static org.synapsegateway.importer.RouteGroup.LOGIN;
import static org.synapsegateway.importer.RouteGroup.MAS_HELPER;
import static org.synapsegateway.importer.RouteGroup.NORMAL_SLIDING_SYNC;
import static org.synapsegateway.importer.RouteGroup.NORMAL_SYNC;
import static org.synapsegateway.importer.RouteGroup.PAGINATION;
import static org.synapsegateway.importer.RouteGroup.SSO;
import static org.synapsegateway.importer.RouteGroup.USER_DIR;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What admins mean by the name of a worker.
 *
 * @param kind whether the name chooses groups at all
 * @param groups that it chooses
 * @param ambiguous whether others mean something else by it
 */
record NameMeaning(Kind kind, List<RouteGroup> groups, boolean ambiguous) {
  enum Kind {
    /** It serves these groups. */
    GROUPS,
    /** It serves what nobody else does. */
    GENERIC,
    /** It has a duty that the configuration names, or for which nobody asks it. */
    DUTY
  }

  private static final Map<String, NameMeaning> KNOWN = new LinkedHashMap<>();

  static {
    groups(List.of(INITIAL_SYNC), "initial_sync", "initial_synchrotron");
    groups(List.of(NORMAL_SYNC), "normal_sync", "client_sync", "sync", "synchrotron");
    groups(List.of(NORMAL_SLIDING_SYNC, INITIAL_SLIDING_SYNC), "sliding_sync", "ssync");
    groups(
        List.of(FEDERATION_READER),
        "federation_reader",
        "federation_request",
        "federation_receiver",
        "fed_reader",
        "fed_receiver",
        "fedreader");
    groups(List.of(FEDERATION_INBOUND), "federation_inbound", "fed_inbound", "inbound_federation");
    groups(List.of(CLIENT_READER), "client_reader", "client_request", "clientreader");
    groups(List.of(EVENT_CREATOR), "event_creator");
    groups(List.of(EVENT_CREATOR, PAGINATION), "room", "room_worker");
    groups(List.of(LOGIN), "login", "registration", "register", "auth");
    groups(List.of(SSO), "sso", "sso_login", "oidc", "pick_idp");
    groups(List.of(ENCRYPTION), "encryption", "room_key", "e2ee");
    groups(List.of(USER_DIR), "user_dir", "userdir", "user_directory");
    groups(List.of(DELAYED_EVENTS), "delayed_event");
    groups(List.of(PAGINATION), "pagination");
    groups(List.of(MAS_HELPER), "mas_helper");
    several(Kind.GROUPS, List.of(EVENT_CREATOR), true, "event", "sender");
    several(Kind.GROUPS, List.of(FEDERATION_READER), true, "federation");
    several(Kind.GROUPS, List.of(CLIENT_READER), true, "client", "reader");
    several(Kind.GENERIC, List.of(), false, "generic");
    several(
        Kind.DUTY,
        List.of(),
        false,
        "typing",
        "to_device",
        "account_data",
        "receipt",
        "presence",
        "push_rule",
        "device_list",
        "thread_subscription",
        "quarantined_media_change",
        "stream_writer",
        "writer",
        "event_persister",
        "event_persist",
        "event_writer",
        "eventwriter",
        "persister",
        "media",
        "media_repository",
        "media_repo",
        "frontend_proxy",
        "federation_sender",
        "fed_sender",
        "pusher",
        "appservice",
        "background");
  }

  private static void groups(List<RouteGroup> groups, String... names) {
    several(Kind.GROUPS, groups, false, names);
  }

  private static void several(
      Kind kind, List<RouteGroup> groups, boolean ambiguous, String... names) {
    for (String name : names) {
      KNOWN.put(plain(name), new NameMeaning(kind, groups, ambiguous));
    }
  }

  /** By the whole name, or else by the longest part of it that says something. */
  static Optional<NameMeaning> of(String name) {
    String plain = plain(name);
    return Optional.ofNullable(KNOWN.get(plain))
        .or(
            () ->
                KNOWN.keySet().stream()
                    .filter(part -> ("_" + plain + "_").contains("_" + part + "_"))
                    .max(Comparator.comparingInt(String::length))
                    .map(KNOWN::get));
  }

  /** Without what names have in common: words like worker, numbers, and the plural. */
  private static String plain(String name) {
    return Arrays.stream(name.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
        .map(word -> word.replaceFirst("\\d+$", ""))
        .filter(word -> !word.matches("synapse|matrix|auto|workers?"))
        .map(word -> word.length() > 3 ? word.replaceFirst("(?<!s)s$", "") : word)
        .filter(word -> !word.isEmpty())
        .collect(Collectors.joining("_"));
  }
}
