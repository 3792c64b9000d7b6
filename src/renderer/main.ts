import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { settings } from './state/settings.svelte';

settings.applyTheme();
mount(App, { target: document.body });
