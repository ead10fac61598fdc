package io.securestreams.engine.spi;

/**
 * Two transports within the process: what one is given to write, the other one reports as
 * received. The streams of both live on one executor, where all of this happens.
 *
 * @param source the requester's end
 * @param sink the registered sink's end
 */
public record LocalPair(ReadyTransport source, ReadyTransport sink) {

}
