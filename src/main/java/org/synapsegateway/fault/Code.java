// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fault;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The kinds of faults, each with a stable name that scripts may rely on. A name is never given to
 * another kind; docs/reference/errors.md lists all.
 */
public enum Code {
  // ---- files
  UNREADABLE_FILE(
      "The gateway cannot read a file: it is a directory, a pipe, a link to nothing, too large, or"
          + " not open to its user. Remove it, or change its owner or mode."),
  NOT_UTF8(
      "A file has bytes that are not UTF-8, or a byte order mark. Save it as UTF-8 without one."),
  NO_ROUTE_FILES(
      "The directory of routes is missing or holds no route file. Run the gateway in the directory"
          + " that has `routes/` and `config/`."),
  IGNORED_FILE(
      "A YAML file beside the routes is not loaded, as its name does not end with `.camel.yaml`."
          + " Rename it if it holds routes."),
  BAD_JAR("A file of `ext/` is not a jar. Copy it again."),

  // ---- YAML
  BAD_YAML("A route file is not valid YAML. Look at the indents, quotes and brackets there."),
  TOO_DEEP("A route file nests lists or mappings too deeply. Look for surplus brackets or dashes."),
  EMPTY_ROUTE_FILE("A route file is empty. Write a route into it, or rename it."),
  BAD_ROUTE_FILE("A route file is not a list. Begin it with `- route:` or `- beans:`."),
  BAD_KEY("A YAML key is a list or a mapping. Put a text with `{{..}}` in quotes."),
  DUPLICATE_KEY("A YAML mapping has a key twice. Remove one."),
  UNKNOWN_KEY("A YAML key does not exist, or not in this place. Correct its spelling, or move it."),
  UNKNOWN_STEP("A step does not exist, or is none. Correct its spelling, or move it."),
  BAD_NODE(
      "YAML has a text where Camel takes a mapping, or the reverse. Look the step up in Camel's"
          + " documentation."),
  BAD_ROUTE("A part of a route cannot be made or started. The sentence says why."),

  // ---- beans
  DUPLICATE_BEAN("Two beans have one name. Rename one."),
  UNKNOWN_BEAN("A route refers to a bean that does not exist. Correct the name, or add the bean."),
  UNKNOWN_CLASS("A bean's class does not exist. Correct the name, or put its jar into `ext/`."),
  MISSING_CLASS("A jar of `ext/` needs a class of another jar. Put that jar there too."),
  UNKNOWN_PROPERTY("A bean has no such property. Correct its spelling."),
  BAD_PROPERTY("A property of a bean does not take this value. The sentence says what to write."),
  BAD_BEAN("The constructor or the start of a bean fails. The sentence has its reason."),

  // ---- routes
  DUPLICATE_ROUTE("Two routes have one id. Rename one."),
  DUPLICATE_FROM("Two routes begin with the same `from`. Change or remove one."),
  MISSING_FROM("A route has no `from`. Add one."),
  NO_STEPS("A route has no steps. Add one."),
  NO_FRONT_ROUTE(
      "No route takes the requests of clients. One of `routes/` must begin with `netty-http:` and"
          + " `nettySharedHttpServer: \"#frontDoor\"`."),
  FRONT_ADDRESS(
      "The front route names another address than `gateway.listen`. Write the placeholders"
          + " `{{gateway.host}}:{{gateway.port}}` into the route."),
  UNKNOWN_GROUP(
      "A route sends to a `direct:` name that no route begins with. Correct the name, or add the"
          + " route."),
  UNKNOWN_COMPONENT(
      "No component has the scheme of a URI. Correct its spelling, or put the component's jar into"
          + " `ext/`."),
  UNKNOWN_LANGUAGE(
      "An expression is in a language that does not exist. Correct its spelling, or put the"
          + " language's jar into `ext/`."),
  UNKNOWN_DATA_FORMAT(
      "A step uses a data format that does not exist. Correct its spelling, or put its jar into"
          + " `ext/`."),
  UNKNOWN_OPTION("A URI has an option that its component does not know. Correct its spelling."),
  UNKNOWN_PLACEHOLDER("A placeholder `{{..}}` has no value. Correct its spelling, or add the key."),
  BAD_URI("A URI or one of its options has a bad value. The sentence says what to write."),

  // ---- groups of workers
  NO_BALANCER("A `loadBalance` block names no balancer. Add `customLoadBalancer`."),
  NO_WORKERS("A `loadBalance` block has no steps. Add its workers."),
  DUPLICATE_WORKER("A `loadBalance` block has a worker twice. Give one step a weight instead."),
  AMBIGUOUS_WORKER(
      "The host of a `worker:tcp:` has several addresses, so requests of one user would reach"
          + " different workers. Name each worker."),
  SHARED_WORKER(
      "Two groups have the same worker, so each gets the other's load. Give them workers of their"
          + " own, unless you want this."),

  // ---- conditions
  NO_CONDITION("A `when` has no expression and never applies. Add one."),
  DUPLICATE_CONDITION("A `choice` has a condition twice, and the first one decides. Remove one."),
  BAD_EXPRESSION("An expression is not valid. The sentence says where and what to write."),
  MATCHES_NOTHING("A request line matches no request. Correct or remove it."),
  UNREACHABLE_LINE(
      "Earlier lines of the `choice` match all requests of a line. Move it before them, or remove"
          + " it."),
  OVERLAPPING_LINE(
      "Earlier lines of the `choice` match some requests of a line. Check that they go where you"
          + " want."),
  UNCOMPARED_LINE("Two request lines take too long to compare. Simplify one if you can."),

  // ---- steps that do not do what they seem to
  UNUSED_HANDLER("An `onException` never runs, as its route has no error handler."),
  BLOCKING_STEP("A step would block an event loop and all its clients. Do it in an `onException`."),
  NO_REPLY("A step leaves its client without a reply. The sentence says what to use instead."),
  ENDLESS_WAIT("A step waits without a limit and holds a thread. Give it a timeout."),
  STOPPED_ROUTE("Routes send to a route that does not start. Remove its `autoStartup`."),
  SHARED_BODY("Several workers get one request, and only one gets its body. Use a `wireTap`."),
  PORT_CONFLICT("A route listens on the management port. Choose another port."),

  // ---- settings
  UNKNOWN_SETTING("A setting does not exist. Correct its spelling."),
  RENAMED_SETTING("A setting has a new name. Use it."),
  DUPLICATE_SETTING("A file of settings has a key twice. Remove one."),
  BAD_SETTING("A setting has a bad value. The sentence says what to write."),
  CONTRADICTING_SETTINGS("Two settings exclude each other. Remove the one that the text names."),
  BAD_ESCAPE("A file of settings has a `\\` that is no escape. Write `\\\\`."),
  RING_NAMES(
      "A path of the workers ends with `/`, or has `//` or `..`, which changes the workers' names in"
          + " the ring and moves users. Write it without."),
  HIDDEN_CLIENTS(
      "Docker's proxy gives all clients the address of the container's gateway, which the settings"
          + " trust. Use the host's network, or remove the address."),
  HIGH_LIMIT("A limit is higher than descriptors and memory allow. Raise them, or lower it."),
  TOKEN_FILE(
      "The file of the management token cannot be read or written, so nobody can drain, reload or"
          + " upgrade by the port. Mend the file of `management.token-file`."),

  // ---- certificates
  BAD_CERTIFICATE("A certificate or its key cannot be used. The sentence says why."),
  CERTIFICATE_EXPIRED("A certificate has expired. Renew it."),
  CERTIFICATE_EXPIRES("A certificate expires within two weeks. Check its renewal."),
  CERTIFICATE_IN_FUTURE("A certificate is not valid yet. Wait, or set the clock."),
  WEAK_CERTIFICATE("Clients refuse a key or a signature as too weak. Get another certificate."),
  SELF_SIGNED("A certificate is self-signed. Get one of an authority."),
  NO_NAMES("A certificate has no alternative name. Have it issued with one for each name."),
  BAD_CHAIN("The chain of a certificate is incomplete or out of order. Use the full chain."),
  OPEN_KEY("Other users can read a private key, or the keys of tickets. Change its mode."),
  UNUSED_CERTIFICATE("Other certificates cover all names of a certificate. Remove one."),
  UNCOVERED_HOST("No certificate covers a host that clients are sent to. Get one."),

  // ---- surroundings
  CANNOT_LISTEN("The gateway cannot listen on an address. The sentence says why."),
  LOST_DIRECTORY(
      "A container's mount holds a directory that was removed outside. Restart the container, and"
          + " mount the directory above it."),
  WORKER_UNREACHABLE("A worker does not listen on its socket. Start it."),
  WORKER_UNHEALTHY("A worker does not answer `/health` with 200. Look at its log."),
  GROUP_UNREACHABLE("No worker of a group and no fallback listens. Start one."),
  NO_GATEWAY(
      "No gateway answers at the management address. Start it, or correct `management.host` and"
          + " `management.port`."),

  // ---- arguments
  UNKNOWN_ARGUMENT("A command or an option does not exist. Correct its spelling."),
  TEMPLATE(
      "A file that is given to `import` is a template, whose values a program puts in. Give the"
          + " file that is made of it."),
  BAD_SYNAPSE_FILE(
      "A file of Synapse's is not valid: Synapse does not start with it either. The sentence says"
          + " what to write."),
  BAD_NGINX_FILE(
      "A configuration of nginx is not valid, incomplete or too large. `nginx -t` says whether nginx"
          + " takes it."),
  BAD_HAPROXY_FILE(
      "A haproxy.cfg is not valid, or a file that it names is missing. `haproxy -c -f` says whether"
          + " HAProxy takes it."),
  NGINX_FAILED(
      "The nginx that `--ask-nginx` names does not start with the site's configuration, or does not"
          + " answer. The sentence has its reason."),
  BAD_ANSWER("A line of `import.answers` is not valid. The sentence says what to write."),
  CANNOT_WRITE(
      "A command cannot write its files. Change the owner or the mode of their directory."),
  EDITED_FILE(
      "Somebody has edited a file that `import` would replace. `--dry-run` shows the difference,"
          + " `--force` replaces it and keeps a copy."),
  MISSING_ARGUMENT("An argument is missing. `--help` shows all."),
  BAD_ARGUMENT("An argument has a bad value. The sentence says what to write."),

  // ---- findings of import
  EMPTY_DIRECTORY(
      "A directory that is given to `import` has no `*.yaml`. Name the one that has them."),
  EMPTY_SYNAPSE_FILE(
      "A file that is given to `import` is empty or no mapping. Check that it is the right"
          + " one."),
  SKIPPED_FILE("A YAML file is none of Synapse's processes, and `import` does not read it."),
  FOREIGN_FILE(
      "A YAML file that is given to `import` is another program's. Give those of Synapse."),
  OLD_KEY("A key is of an old Synapse. The sentence says what became of it."),
  OLD_AUTHENTICATION(
      "Matrix Authentication Service is configured by `msc3861`. Use"
          + " `matrix_authentication_service`."),
  NO_AUTHENTICATION_SOCKET(
      "No file says where Matrix Authentication Service listens. Add a line `mas:` to"
          + " `import.answers`."),
  DUPLICATE_WORKER_NAME("Two workers have one name. Rename one."),
  DUPLICATE_SOCKET(
      "Two listeners have one socket or one address. Change one, or give `instance_map` or the"
          + " Compose file if they run on two machines."),
  NO_MAIN_INSTANCE(
      "Synapse's `instance_map` lacks the main process, or no file has it. Add it with `main`."),
  UNKNOWN_STREAM(
      "A stream does not exist in the Synapse that this gateway knows. Check its spelling."),
  WRONG_WRITER_COUNT("A stream has none or several writers, and Synapse wants one. Name one."),
  UNKNOWN_WRITER("No file is given of a stream's writer. Give it, or correct the name."),
  WRITER_NOT_IN_MAP("A stream's writer is not in `instance_map`. Add it."),
  WRITER_WITHOUT_LISTENER(
      "A stream's writer has no listener for the requests that change the stream. Add one."),
  MISSING_RESOURCE(
      "A worker has no listener for the requests of its group. Add the resource, or choose"
          + " another group."),
  NO_MEDIA_WORKER(
      "The main process serves no media, and no worker that is given does. Give the file of"
          + " the one that does."),
  MEDIA_OFF(
      "A worker names `media` and has the media repository off. Turn it on, or remove"
          + " `media`."),
  BAD_MEDIA_INSTANCE(
      "The key `media_instance_running_background_jobs` names a worker that serves no media."
          + " Correct it."),
  SPLIT_MAIN_LISTENERS(
      "The main process serves clients and federation on two listeners. Name both resources"
          + " on one."),
  NO_MAIN_LISTENER("The main process has no listener for clients and federation. Add one."),
  EXPOSED_REPLICATION(
      "A listener for clients has `replication` too. Give replication a listener of its" + " own."),
  EXPOSED_METRICS(
      "A listener for clients has `metrics` too. The gateway shows them to private clients"
          + " only."),
  IGNORED_CONSENT("A worker names `consent`, which only the main process serves."),
  TLS_LISTENER(
      "A listener speaks TLS, and `import` writes lines for plain HTTP. Remove `tls`, add a UNIX"
          + " socket, or write the line of a TCP port yourself, with `tls=true`."),
  NO_FORWARDED_ADDRESS(
      "A listener does not believe `X-Forwarded-For`, so all clients have one address. Set"
          + " `x_forwarded: true`."),
  CLOSED_SOCKET(
      "Only Synapse's own user may connect to a socket. Use mode 0660 and a group of both"
          + " users."),
  UNASSIGNED_WORKER("Nothing says which group a worker serves. Answer in `import.answers`."),
  UNKNOWN_ANSWER(
      "The file `import.answers` names a worker that does not exist. Correct or remove the line."),
  AMBIGUOUS_NAME(
      "A worker's name can mean several groups, and `import` guesses. Confirm or change it"
          + " in `import.answers`."),
  MISLEADING_NAME(
      "A worker is named after a stream that another process writes. Rename it, or correct"
          + " `stream_writers`."),
  SINGLE_SIGN_ON_POOL(
      "Several workers serve single sign-on, which works in one process only. Choose one."),
  SEVERAL_GROUPS("A worker serves several groups. Check that you want this."),
  IDLE_WORKER("Nothing sends a worker requests, or it has no listener for them."),
  SPLIT_GROUP(
      "The proxy sends requests of one group to different workers. The routes send all to"
          + " the first that the sentence names."),
  NOT_THE_WRITER(
      "The proxy sends requests of a group to another process than the one that Synapse's"
          + " configuration names. The routes send them to that one."),
  CANNOT_TELL(
      "It cannot be told what the proxy does with some requests. The sentence names the"
          + " directive; look at these requests yourself."),
  UNSUPPORTED_CONDITION(
      "A condition of the proxy has no counterpart in faithful routes. `import --compare`"
          + " shows what changes."),
  STRAY_TEST(
      "An ACL of HAProxy has a value that reads like a second test. Check what it should match."),
  PUBLIC_ADMIN_API(
      "The proxy shows the admin API or metrics to everybody. The gateway shows them to"
          + " private clients only."),
  LOST_ACCESS_RULE(
      "A location for Synapse refuses or limits requests, and the server block that `import`"
          + " writes does not. Add the rule there."),
  REFUSED_REQUESTS(
      "The proxy refuses requests that the routes serve. Keep them in the proxy, or send them"
          + " to `direct:forbidden`."),
  RELAYED_ADDRESS(
      "The proxy passes on the client's address as it is told, so a client could choose its own."
          + " Name who may tell it."),
  FOREIGN_UPSTREAM(
      "The proxy sends requests to something else than Synapse. Keep that in the proxy, or"
          + " write a route for it."),
  REWRITTEN_PATH(
      "The proxy changes the path of requests, and the gateway does not. Change the client"
          + " or keep this in the proxy."),
  OTHER_BALANCING(
      "The proxy balances an upstream otherwise than the routes. Users change their worker"
          + " once."),
  UNSUPPORTED_UPSTREAM_OPTION("An option of an upstream has no counterpart in the routes."),
  LOWER_BODY_LIMIT(
      "The proxy refuses uploads that Synapse takes. Set `bodyMax` if you want that limit."),
  OTHER_SETTING("A setting differs from what `import` would write, and stays. Check it."),
  OVERRIDDEN_ROUTE(
      "A route of yours counts instead of one that `import` writes. Remove yours, or merge"
          + " the two."),

  // ---- what else may happen
  NEXT_START(
      "A changed setting takes effect at the next start. Restart, or use `./gateway upgrade`."),
  TIMEOUT("Changed files did not start within the limit of a reload. Look for a bean that hangs."),
  FAILED("The start fails for a reason without a code of its own. The sentence has it.");

  private final String meaning;

  Code(String meaning) {
    this.meaning = meaning;
  }

  /** What the code means and how to mend the fault, in Markdown. */
  public String meaning() {
    return meaning;
  }

  /** The name in lower case with dashes, for example {@code duplicate-route}. */
  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
