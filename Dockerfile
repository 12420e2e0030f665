# The jar, built as it is built everywhere else.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY .mvn .mvn
COPY pom.xml .
# the dependencies are a layer of their own, which a change of the sources leaves alone
RUN mvn -B -ntp dependency:go-offline
COPY src src
# the jar has them too, for the command import
COPY routes routes
RUN mvn -B -ntp -DskipTests package

# What runs: a Java runtime, the libraries, the jar, and the files that users edit.
FROM eclipse-temurin:17-jre
# curl asks below whether the gateway answers, be it that no worker does; the user has Synapse's usual id, so that sockets with the mode of
# their group can be shared
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 991 --no-create-home gateway
WORKDIR /gateway
COPY --from=build /build/target/lib lib
COPY --from=build /build/target/synapse-gateway.jar .
COPY config config
COPY routes routes
# the archive of classes that config/jvm.options names, recorded of this image's Java
RUN mkdir target state \
    && chown gateway state \
    && chmod 700 state \
    && java -jar synapse-gateway.jar demo --train=1 --java=-XX:ArchiveClassesAtExit=target/synapse-gateway.jsa
USER gateway

# within a container the loopback address would be reachable by nobody
ENV GATEWAY_HOST=0.0.0.0
EXPOSE 8008
# lets requests in progress finish
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=2s --start-period=10s --retries=3 \
    CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:9464/observe/health/live"]
ENTRYPOINT ["java", "@config/jvm.options", "-jar", "synapse-gateway.jar"]
