"""What bot-init is made of besides its main loop. It isn't part of root_tools: it runs as the bot's user."""
