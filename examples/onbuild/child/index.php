<?php echo json_encode(['version' => getenv('APP_VERSION'), 'files' => count(glob('*.php'))]), "\n";
