{{- /* A Service's name, which is a label of DNS: 63 characters with -management, no dots, and no digit at its beginning. */}}
{{- define "synapse-gateway.name" -}}
{{- $release := .Release.Name | replace "." "-" }}
{{- $name := contains "synapse-gateway" $release | ternary $release (printf "%s-synapse-gateway" $release) }}
{{- regexReplaceAll "^([0-9])" $name "gateway-${1}" | trunc 52 | trimSuffix "-" }}
{{- end }}

{{- /* Not app.kubernetes.io/instance: the pods have that of ess-helm's HAProxy when they take its place. */}}
{{- define "synapse-gateway.selector" -}}
app.kubernetes.io/name: synapse-gateway
synapse-gateway: {{ include "synapse-gateway.name" . }}
{{- end }}

{{- /* A tag may be longer than a label, and may end with a digest. */}}
{{- define "synapse-gateway.labels" -}}
{{ include "synapse-gateway.selector" . }}
app.kubernetes.io/version: {{ include "synapse-gateway.tag" . | regexFind "^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?" | quote }}
{{- end }}

{{- define "synapse-gateway.tag" -}}
{{ include "synapse-gateway.text" .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- /* A value as text: a list has spaces between its entries, and a number of a file of values, which Helm reads as a fraction, no exponent. */}}
{{- define "synapse-gateway.text" -}}
{{- if kindIs "slice" . }}{{ join " " . }}{{ else if kindIs "float64" . }}{{ eq (floor .) . | ternary (int64 .) . }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{- define "synapse-gateway.managementPort" -}}
{{ if .Values.ess.release }}8405{{ else }}9464{{ end }}
{{- end }}

{{- define "synapse-gateway.managementPortName" -}}
{{ if .Values.ess.release }}haproxy-metrics{{ else }}management{{ end }}
{{- end }}

{{- define "synapse-gateway.httpPortName" -}}
{{ if .Values.ess.release }}haproxy-synapse{{ else }}http{{ end }}
{{- end }}

{{- define "synapse-gateway.listener" -}}
{{- $host := trimAll "[]" .root.Values.listenHost -}}
http://{{ contains ":" $host | ternary (printf "[%s]" $host) $host }}:{{ .port }}
{{- end }}

{{- define "synapse-gateway.listen" -}}
{{- $listeners := list }}
{{- range empty .Values.ess.release | ternary (list 8008) (list 8008 8009 8010 8406) }}
{{- $listeners = append $listeners (include "synapse-gateway.listener" (dict "root" $ "port" .)) }}
{{- end }}
{{- join " " $listeners }}
{{- end }}

{{- /* The workers of each group, as JSON: {"normal_sync": ["synapse-synchrotron-0.synapse-synchrotron:8008", ..]} */}}
{{- define "synapse-gateway.groups" -}}
{{- $synapse := .Values.synapse }}
{{- $domain := empty $synapse.domain | ternary "" (printf ".%s" (trimPrefix "." $synapse.domain)) }}
{{- $set := printf "%s-%s" $synapse.prefix $synapse.main }}
{{- $groups := dict "main" (list (printf "%s-0.%s%s:%v" $set $set $domain $synapse.port)) }}
{{- range $type, $worker := .Values.workers }}
{{- $set := printf "%s-%s" $synapse.prefix ($worker.name | default $type) }}
{{- range $group := $worker.groups }}
{{- $servers := get $groups $group | default list }}
{{- range $n := until (int $worker.replicas) }}
{{- $servers = append $servers (printf "%s-%d.%s%s:%v" $set $n $set $domain ($worker.port | default $synapse.port)) }}
{{- end }}
{{- $_ := set $groups $group $servers }}
{{- end }}
{{- end }}
{{- toJson $groups }}
{{- end }}

{{- /* A shipped route file with the lines of UNIX sockets replaced by the workers of their groups; their options stay. */}}
{{- define "synapse-gateway.file" -}}
{{- $text := .text }}
{{- range $group, $servers := .groups }}
{{- $line := printf "^ *(# )?- to: worker:unix:\\{\\{gateway\\.workers\\.directory\\}\\}/inbound_%s[0-9]*\\.sock.*\n" $group }}
{{- $block := regexFind (printf "(?m)(%s)+" $line) $text }}
{{- if and $block (or $servers (not (contains "# -" $block))) }}
{{- $indent := regexFind "^ *" $block }}
{{- $options := regexReplaceAll "hold=[0-9]+s" (regexFind "\\?\\S+" $block) (printf "hold=%s" $.hold) }}
{{- $steps := "" }}
{{- range $servers }}
{{- $steps = printf "%s%s- to: worker:tcp:%s%s\n" $steps $indent . $options }}
{{- end }}
{{- $text = replace $block $steps $text }}
{{- end }}
{{- end }}
{{- $text }}
{{- end }}

{{- /* The ports of ess-helm's HAProxy that refuse, tell where the homeserver is, and whether Synapse is ready. */}}
{{- define "synapse-gateway.essFront" -}}
{{- $choices := "" }}
{{- range $port, $route := dict "8009" "forbidden" "8010" "ess-well-known" "8406" "ess-synapse-ready" }}
{{- $listener := include "synapse-gateway.listener" (dict "root" $ "port" $port) }}
{{- $choices = printf "%s              - simple: \"${body.listener} == '%s'\"\n                steps:\n                  - to: direct:%s\n" $choices $listener $route }}
{{- end }}
{{- $text := .Files.Get "routes/front.camel.yaml" }}
{{- $when := "            when:\n" }}
{{- if ne (len (splitList $when $text)) 2 }}{{ fail "routes/front.camel.yaml: not one choice" }}{{ end }}
{{- replace $when (printf "%s%s" $when $choices) $text }}
{{- end }}

{{- /* A group or a fallback of a type that no route file has would be ignored without a word. */}}
{{- define "synapse-gateway.requireKnown" -}}
{{- $all := "" }}
{{- range $path, $_ := .Files.Glob "routes/*.camel.yaml" }}
{{- $all = print $all ($.Files.Get $path) }}
{{- end }}
{{- range $type, $worker := .Values.workers }}
{{- range $worker.groups }}
{{- if not (regexMatch (printf "/inbound_%s[0-9]*\\.sock" (regexQuoteMeta .)) $all) }}
{{- fail (printf "workers.%s.groups: no file of routes/ has workers of the group %s" $type .) }}
{{- end }}
{{- end }}
{{- range $worker.fallbacks }}
{{- if not (contains (printf "- to: %s\n" .from) ($.Files.Get (printf "routes/%s.camel.yaml" .file))) }}
{{- fail (printf "workers.%s.fallbacks: routes/%s.camel.yaml has no line to: %s" $type .file .from) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- /* The files that differ from the shipped ones, as data of a ConfigMap. */}}
{{- define "synapse-gateway.routes" -}}
{{- $groups := include "synapse-gateway.groups" . | fromJson }}
{{- include "synapse-gateway.requireKnown" . }}
{{- $files := dict }}
{{- range $path, $_ := .Files.Glob "routes/*.camel.yaml" }}
{{- $shipped := $.Files.Get $path }}
{{- $text := include "synapse-gateway.file" (dict "text" $shipped "groups" $groups "hold" $.Values.hold) }}
{{- range $type, $worker := $.Values.workers }}
{{- range $worker.replicas | int | eq 0 | ternary list ($worker.fallbacks | default list) }}
{{- if eq (printf "%s.camel.yaml" .file) (base $path) }}
{{- $text = replace (printf "- to: %s\n" .from) (printf "- to: %s\n" .to) $text }}
{{- end }}
{{- end }}
{{- end }}
{{- if ne $text $shipped }}
{{- $_ := set $files (base $path) $text }}
{{- end }}
{{- end }}
{{- if .Values.ess.release }}
{{- $_ := set $files "front.camel.yaml" (include "synapse-gateway.essFront" .) }}
{{- $_ := set $files "ess.camel.yaml" (.Files.Get "files/ess.camel.yaml") }}
{{- end }}
{{- range $name, $text := merge (dict) .Values.extraRoutes $files }}
{{ $name }}: |2
  {{- $text | trimSuffix "\n" | nindent 2 }}
{{- end }}
{{- end }}

{{- /* JSON in one line. Camel takes two closing braces for the end of a setting's name. */}}
{{- define "synapse-gateway.json" -}}
{{ if . }}{{ toJson . | replace "}}" "} }" | replace "}}" "} }" }}{{ end }}
{{- end }}

{{- /* The variables of a gateway, as JSON; those of `settings` come before the chart's own. */}}
{{- define "synapse-gateway.environment" -}}
{{- $trusted := required "trustedProxies is empty: name the addresses of the ingress controller's pods, for instance --set trustedProxies=10.42.0.0/16; without them all clients are one" .Values.trustedProxies }}
{{- $all := dict
  "GATEWAY_LISTEN" (include "synapse-gateway.listen" .)
  "GATEWAY_REPLICAS" (max 1 (int .Values.replicas) | toString)
  "GATEWAY_STOP_DELAY" .Values.stopDelay
  "GATEWAY_TRUSTED_PROXIES" (include "synapse-gateway.text" $trusted)
  "GATEWAY_PRIVATE_CLIENTS" (include "synapse-gateway.text" .Values.privateClients)
  "GATEWAY_WHOAMI_WORKERS" "direct:client-reader"
  "MANAGEMENT_HOST" (trimAll "[]" .Values.listenHost)
  "MANAGEMENT_PORT" (include "synapse-gateway.managementPort" .)
}}
{{- /* glibc keeps less unused memory */}}
{{- $_ := set $all "MALLOC_ARENA_MAX" "2" }}
{{- if .Values.managementTokenSecret }}
{{- $_ := set $all "MANAGEMENT_TOKEN_FILE" "/run/management/token" }}
{{- end }}
{{- range $page, $json := .Values.wellKnown }}
{{- with include "synapse-gateway.json" $json }}
{{- $_ := set $all (printf "GATEWAY_WELL_KNOWN_%s" (upper $page)) . }}
{{- end }}
{{- end }}
{{- range $key, $value := .Values.settings }}
{{- $_ := set $all ($key | upper | replace "." "_" | replace "-" "_") (include "synapse-gateway.text" $value) }}
{{- end }}
{{- toJson $all }}
{{- end }}
