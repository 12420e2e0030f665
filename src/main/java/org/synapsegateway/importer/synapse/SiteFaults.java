// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.synapsegateway.fault.Code;

/** What is wrong with a site's configuration, or will surprise behind the gateway. */
final class SiteFaults {
  /** Keys of old releases, and what became of them. */
  private static final Map<String, String> OLD =
      Map.of(
          "worker_replication_host",
              "today's Synapse does not start with it: name the main process in instance_map",
          "worker_replication_http_port",
              "today's Synapse does not start with it: name the main process in instance_map",
          "worker_replication_http_tls",
              "today's Synapse does not start with it: name the main process in instance_map",
          "worker_replication_port",
              "Synapse has no replication by TCP any more: remove it, and use Redis");

  /** Old switches: somebody else does what they turn off. */
  private static final Map<String, String> SWITCHES =
      Map.of(
          "send_federation", "federation_sender_instances",
          "start_pushers", "pusher_instances",
          "notify_appservices", "notify_appservices_from_worker",
          "update_user_directory", "update_user_directory_from_worker");

  /** Those who may connect to a socket beside its owner, of whom at least one should. */
  private static final int OTHERS = 0022;

  private final Site site;
  private final List<Finding> findings = new ArrayList<>();

  private SiteFaults(Site site) {
    this.site = site;
  }

  static List<Finding> of(Site site, List<YamlValue> workers) {
    SiteFaults faults = new SiteFaults(site);
    faults.findOldKeys(workers);
    faults.findings.addAll(Twins.of(site));
    faults.findLoneMap();
    site.streams().values().forEach(faults::findBadStream);
    faults.findBadMedia();
    faults.findBadListeners();
    faults.findAuthentication();
    return faults.findings;
  }

  private void findOldKeys(List<YamlValue> workers) {
    List<Map<String, YamlValue>> all = new ArrayList<>(List.of(site.shared()));
    workers.forEach(worker -> all.add(worker.entries()));
    for (Map<String, YamlValue> sections : all) {
      OLD.forEach(
          (key, text) ->
              Optional.ofNullable(sections.get(key))
                  .ifPresent(
                      value ->
                          findings.add(
                              Finding.problem(Code.OLD_KEY, value.place(), key + ": " + text))));
      Optional.ofNullable(sections.get("worker_main_http_uri"))
          .ifPresent(
              value ->
                  findings.add(
                      Finding.note(
                          Code.OLD_KEY,
                          value.place(),
                          "worker_main_http_uri: Synapse does not read it any more")));
    }
    SWITCHES.forEach(
        (key, instances) -> {
          YamlValue value = site.shared().get(key);
          if (value != null && value.isFalse() && !site.shared().containsKey(instances)) {
            findings.add(
                Finding.note(
                    Code.OLD_KEY,
                    value.place(),
                    key + " is an old switch; " + instances + " names who does it"));
          }
        });
  }

  private void findLoneMap() {
    YamlValue map = site.shared().get("instance_map");
    if (site.workers().isEmpty()) {
      return;
    }
    if (map == null) {
      findings.add(
          Finding.note(
              Code.NO_MAIN_INSTANCE,
              site.files().get(0),
              "no file that was given has instance_map, without which today's workers do not start"));
    } else if (map.get("main").isEmpty()) {
      findings.add(
          Finding.problem(
              Code.NO_MAIN_INSTANCE,
              map.place(),
              "instance_map has no main, without which today's workers do not start"));
    }
  }

  private void findBadStream(Stream stream) {
    String what = "stream_writers: " + stream.name();
    if (!stream.isKnown()) {
      findings.add(
          Finding.problem(
              Code.UNKNOWN_STREAM,
              stream.place(),
              what + " is no stream that the gateway knows; is it of a newer Synapse?"));
    }
    if (stream.isSingle() && stream.writers().size() != 1) {
      findings.add(
          Finding.problem(
              Code.WRONG_WRITER_COUNT,
              stream.place(),
              what
                  + " has "
                  + stream.writers().size()
                  + " writers, and Synapse wants exactly one"));
    }
    YamlValue map = site.shared().get("instance_map");
    for (String writer : stream.writers()) {
      Optional<SynapseProcess> process = site.process(writer);
      if (process.isEmpty()) {
        findings.add(
            Finding.problem(
                Code.UNKNOWN_WRITER,
                stream.place(),
                what + " names " + writer + ", of which no file was given"));
      } else if (!process.get().isMain() && (map == null || !map.entries().containsKey(writer))) {
        findings.add(
            Finding.problem(
                Code.WRITER_NOT_IN_MAP,
                stream.place(),
                what
                    + " names "
                    + writer
                    + ", which is not in instance_map, so Synapse does not start"));
      }
    }
  }

  private void findBadMedia() {
    boolean served =
        site.workers().stream().anyMatch(worker -> worker.listener(Need.MEDIA).isPresent());
    if (!site.main().mediaRepository() && !served) {
      findings.add(
          Finding.problem(
              Code.NO_MEDIA_WORKER,
              Objects.requireNonNull(site.shared().get("enable_media_repo")).place(),
              "enable_media_repo is false, and no worker that was given serves media"));
    }
    for (SynapseProcess worker : site.workers()) {
      for (Listener listener : worker.listeners()) {
        if (listener.resources().contains("media") && !worker.mediaRepository()) {
          findings.add(
              Finding.problem(
                  Code.MEDIA_OFF,
                  listener.place(),
                  worker.described()
                      + " names media but has enable_media_repo off, so it serves none"));
        }
      }
    }
    Optional.ofNullable(site.shared().get("media_instance_running_background_jobs"))
        .filter(value -> !value.isNull())
        .ifPresent(this::findBadMediaInstance);
  }

  private void findBadMediaInstance(YamlValue instance) {
    boolean able =
        site.process(instance.text()).filter(SynapseProcess::mediaRepository).isPresent();
    if (!able) {
      findings.add(
          Finding.problem(
              Code.BAD_MEDIA_INSTANCE,
              instance.place(),
              "media_instance_running_background_jobs names "
                  + instance.text()
                  + ", which serves no media"));
    }
  }

  private void findBadListeners() {
    Optional<Listener> main = site.main().listener(Need.CLIENT);
    if (main.isPresent()
        && !main.get().resources().contains("federation")
        && site.main().listener(Need.FEDERATION).isPresent()) {
      findings.add(
          Finding.problem(
              Code.SPLIT_MAIN_LISTENERS,
              main.get().place(),
              "the main process serves federation on another listener, and the gateway asks this one"
                  + " for all that is no worker's: add federation to its names"));
    }
    findBadListeners(site.main());
    site.workers().forEach(this::findBadListeners);
  }

  private void findBadListeners(SynapseProcess process) {
    for (Listener listener : process.listeners()) {
      Set<String> resources = listener.resources();
      boolean open = listener.isOpen();
      if (open && resources.contains("replication")) {
        findings.add(
            Finding.problem(
                Code.EXPOSED_REPLICATION,
                listener.place(),
                "has replication beside what clients ask for: give replication a listener of its own"));
      }
      if (open && resources.contains("metrics")) {
        findings.add(
            Finding.note(
                Code.EXPOSED_METRICS,
                listener.place(),
                "has metrics beside what clients ask for; the gateway lets private clients alone read them"));
      }
      if (!process.isMain() && resources.contains("consent")) {
        findings.add(
            Finding.note(
                Code.IGNORED_CONSENT,
                listener.place(),
                "names consent, which a worker passes over: it is the main process's"));
      }
      if (open && listener.path() != null) {
        findBadSocket(listener);
      }
    }
  }

  private void findBadSocket(Listener listener) {
    if (listener.tls()) {
      findings.add(
          Finding.problem(
              Code.TLS_LISTENER,
              listener.place(),
              "has tls: true, and the gateway speaks plain HTTP to workers: remove it"));
    }
    if (!listener.forwarded()) {
      findings.add(
          Finding.problem(
              Code.NO_FORWARDED_ADDRESS,
              listener.place(),
              "has x_forwarded: false, so all clients would have one address: remove it"));
    }
    if ((listener.mode() & OTHERS) == 0) {
      findings.add(
          Finding.problem(
              Code.CLOSED_SOCKET,
              listener.place(),
              "has mode %04o, so only Synapse's own user may connect: use 0660 and a group of both"
                  .formatted(listener.mode())));
    }
  }

  private void findAuthentication() {
    Optional<YamlValue> old =
        Optional.ofNullable(site.shared().get("experimental_features"))
            .flatMap(features -> features.get("msc3861"));
    old.ifPresent(
        value ->
            findings.add(
                Finding.problem(
                    Code.OLD_AUTHENTICATION,
                    value.place(),
                    "experimental_features: msc3861 is the old form, with which newer Synapses do not"
                        + " start: use matrix_authentication_service")));
  }
}
