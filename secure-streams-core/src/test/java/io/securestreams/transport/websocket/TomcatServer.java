package io.securestreams.transport.websocket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;

/**
 * Tomcat with a WebSocket at {@code /echo}.
 */
final class TomcatServer implements AutoCloseable {

	/** Held, as a logger that nobody refers to forgets its level. */
	private static final Logger LOGGER = Logger.getLogger("org.apache");

	private final Tomcat tomcat = new Tomcat();

	@SuppressWarnings("deprecation")
	TomcatServer(Path directory) throws LifecycleException {
		LOGGER.setLevel(Level.SEVERE);
		this.tomcat.setBaseDir(directory.toString());
		this.tomcat.setPort(0);
		this.tomcat.getConnector().setProperty("address", "127.0.0.1");
		Context context = this.tomcat.addContext("", directory.toString());
		context.addServletContainerInitializer(new WsSci(), null);
		context.addApplicationListener(Endpoints.class.getName());
		Tomcat.addServlet(context, "default", new org.apache.catalina.servlets.DefaultServlet());
		context.addServletMappingDecoded("/", "default");
		this.tomcat.start();
	}

	int port() {
		return this.tomcat.getConnector().getLocalPort();
	}

	@Override
	public void close() throws LifecycleException {
		this.tomcat.stop();
		this.tomcat.destroy();
	}

	/**
	 * Adds the endpoint.
	 */
	public static final class Endpoints implements ServletContextListener {

		@Override
		public void contextInitialized(ServletContextEvent event) {
			ServerContainer container = (ServerContainer) event.getServletContext()
				.getAttribute(ServerContainer.class.getName());
			try {
				container.addEndpoint(ServerEndpointConfig.Builder.create(Echo.class, "/echo")
					.subprotocols(List.of("lws-minimal"))
					.build());
			}
			catch (DeploymentException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/**
	 * Sends back what comes, in the parts it comes in.
	 */
	public static final class Echo extends Endpoint {

		@Override
		public void onOpen(Session session, EndpointConfig config) {
			session.addMessageHandler(String.class, new MessageHandler.Partial<String>() {
				@Override
				public void onMessage(String part, boolean last) {
					try {
						session.getBasicRemote().sendText(part, last);
					}
					catch (IOException ex) {
						throw new UncheckedIOException(ex);
					}
				}
			});
			session.addMessageHandler(ByteBuffer.class, new MessageHandler.Partial<ByteBuffer>() {
				@Override
				public void onMessage(ByteBuffer part, boolean last) {
					try {
						session.getBasicRemote().sendBinary(part, last);
					}
					catch (IOException ex) {
						throw new UncheckedIOException(ex);
					}
				}
			});
		}

	}

}
